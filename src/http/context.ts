/** What every route of one server shares. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Sessions } from '../people/sessions.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { KeyRing } from './key-ring.ts';
import type { BodyBudget, RateLimiter } from './limits.ts';
import type { StreamTickets } from './stream-tickets.ts';

export interface ServerContext {
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly newId: () => string;
  readonly keyLimit: RateLimiter;
  readonly addressLimit: RateLimiter;
  readonly bodies: BodyBudget;
  /** Origins whose pages may ask questions; `*` is all. */
  readonly corsOrigins: readonly string[];
  /** Absent: this server has no streams. */
  readonly tickets?: StreamTickets;
  /** Absent: nobody signs in here. */
  readonly sessions?: Pick<Sessions, 'find'>;
  /** Whether the client spoke TLS, with us or with a proxy that is trusted. */
  readonly isSecure: (request: IncomingMessage) => boolean;
  /** The client's address, seen through the proxies that are trusted. */
  readonly address: (request: IncomingMessage) => string;
}
