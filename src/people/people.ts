/** Everything about people that a server needs, over one catalog. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Random } from '../catalog/keys.ts';
import { type Clock, millisecondsPerHour } from '../clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { Passwords } from './passwords.ts';
import { PeopleCare } from './people-care.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';

export interface PeopleOptions {
  readonly catalog: Pick<Catalog, 'people' | 'projects'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  /** Of scrypt; only tests give less than what it is without. */
  readonly costLog2?: number;
}

export interface PeopleParts {
  readonly care: PeopleCare;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  /** One for all that have passwords, since each check takes its share of memory. */
  readonly passwords: Passwords;
}

const sweepMs = millisecondsPerHour;

export function makePeople(options: PeopleOptions): PeopleParts {
  const { catalog, clock, random, telemetry, costLog2 } = options;
  const { people } = catalog;
  const sessions = new Sessions({ people, clock, random });
  const passwords = new Passwords({ random, ...(costLog2 !== undefined && { costLog2 }) });
  return {
    care: new PeopleCare({ catalog, clock, random }),
    sessions,
    signIn: new SignIn({ people, sessions, passwords, clock, telemetry }),
    passwords,
  };
}

/** Removes links and sessions past their time, each hour, until `signal` aborts. They are of no use before that; this is for room. */
export async function sweepSessions(sessions: Sessions, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // a catalog that is away is told of by those who need it
    await sessions.sweep().catch(() => {});
    await clock.sleep(sweepMs, signal);
  }
}
