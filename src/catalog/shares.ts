/**
 * Links by which people without an account look at one saved dashboard. Of a link only the SHA-256 is kept; of its password, text that
 * somebody else made and checks. Promises, each a test of `testing/shares-suite.ts`:
 *  1. What a call resolved for is durable and seen by the next call, and by other processes.
 *  2. Ids and hashes are unique: a second one is `conflict`. A dashboard that is not there is `not_found`.
 *  3. A share is found by its hash until it is removed; whether its time is over is for the asker to say.
 *  4. A dashboard has at most as many as the caller says; one more is `conflict`.
 *  5. They go with their dashboard and their project, and are not found while the project is being deleted.
 *  6. A copy made by `copyTo` has none: what was revoked must not come back with it.
 */

export interface Share {
  /** Not secret: it names the share in lists. */
  readonly id: string;
  readonly project: string;
  /** The id of the saved dashboard. */
  readonly dashboard: string;
  /** Whom it is for, in the words of who made it. */
  readonly name?: string;
  /** SHA-256 of its token, hex. */
  readonly hash: string;
  /** What is kept of it; absent: the link is enough. */
  readonly password?: string;
  /** Whether pages of others may show it in a frame. */
  readonly canEmbed: boolean;
  /** Epoch ms, as `expiresAt`. */
  readonly createdAt: number;
  /** Absent: good until it is revoked. */
  readonly expiresAt?: number;
  /** The id of the person or key that made it. */
  readonly by: string;
}

export type SharePlace = Pick<Share, 'project' | 'dashboard' | 'id'>;

export interface Shares {
  /** Of a project, or of one dashboard in it; in the order in which they were made. */
  list(project: string, dashboard?: string): Promise<readonly Share[]>;
  find(hash: string): Promise<Share | undefined>;
  /** Errors: not_found for its dashboard, conflict. */
  create(share: Share, countMax: number): Promise<void>;
  /** Errors: not_found. */
  remove(place: SharePlace): Promise<void>;
}
