/** Everything about links to dashboards that a server needs, over one catalog. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Random } from '../catalog/keys.ts';
import type { Clock } from '../clock.ts';
import type { Passwords } from '../people/passwords.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { Guests } from './guests.ts';
import { ShareCare } from './share-care.ts';
import { SharedBoards } from './shared-board.ts';

export interface SharesOptions {
  readonly catalog: Pick<Catalog, 'shares' | 'saved'>;
  /** The same as for signing in. */
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
}

export interface SharesParts {
  readonly care: ShareCare;
  readonly guests: Guests;
  readonly boards: SharedBoards;
}

export function makeShares({ catalog, passwords, clock, random, telemetry }: SharesOptions): SharesParts {
  const { shares, saved } = catalog;
  return {
    care: new ShareCare({ shares, passwords, clock, random }),
    guests: new Guests({ shares, passwords, clock, telemetry }),
    boards: new SharedBoards(saved),
  };
}
