/**
 * What is kept about the house rather than its traffic: projects, keys, daily salts. Small, durable, and needed
 * before any event can be taken, so it does not depend on the store.
 *  1. What a call resolved for is durable and seen by the next call.
 *  2. A key is kept as its SHA-256 only; the key itself is never stored and cannot be read back.
 *  3. Ids are unique: creating one twice is `conflict`.
 *  4. A project that is being deleted takes no more events: marking it revokes its keys, and it gets no new ones (`conflict`).
 *  5. The salt of a UTC day is the same for every asker, survives restarts, and is gone 48 hours after its day began
 *     plus 24; asking for a day whose salt is gone makes no new one (`undefined`).
 *  6. `version` changes whenever a project or a key changes, so that holders of copies know when to read again.
 */
import type { People } from './people.ts';
import type { SavedThings } from './saved.ts';
import type { Shares } from './shares.ts';

export type Scope = 'write' | 'read' | 'admin';

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** Set while its events are being removed. */
  readonly deletingSince?: number;
}

/** What the questions of one key may cost; what is absent is as the settings say. */
export interface KeyLimits {
  readonly timeMs?: number;
  readonly memoryBytes?: number;
  readonly rowsMax?: number;
  /** Questions at work at once, and questions that wait for that. */
  readonly concurrencyMax?: number;
  readonly waitingMax?: number;
}

export interface Key {
  readonly id: string;
  readonly project: string;
  readonly scope: Scope;
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  /** The key's first characters, enough to recognize it by. */
  readonly hint: string;
  /** Origins that a write key may be used from in browsers; empty: any. */
  readonly origins: readonly string[];
  /** Absent: as the settings say. */
  readonly limits?: KeyLimits;
  readonly createdAt: number;
  readonly revokedAt?: number;
}

export interface Catalog {
  /** What people keep in projects; its promises are in saved.ts. */
  readonly saved: SavedThings;
  /** Who may sign in; its promises are in people.ts. */
  readonly people: People;
  /** Links to dashboards; its promises are in shares.ts. */
  readonly shares: Shares;
  version(): Promise<string>;
  projects(): Promise<readonly Project[]>;
  createProject(project: Project): Promise<void>;
  /** Marks it; `removeProject` ends it once its events are gone. Errors: not_found. */
  markProjectDeleting(id: string, at: number): Promise<void>;
  /** Removes it with its keys; one that is gone already is fine. Errors: conflict when it was not marked. */
  removeProject(id: string): Promise<void>;
  keys(): Promise<readonly Key[]>;
  /** Errors: not_found for its project, conflict. */
  createKey(key: Key): Promise<void>;
  /** Errors: not_found. A key that is revoked already stays as it is. */
  revokeKey(id: string, at: number): Promise<void>;
  /** 32 random bytes for the UTC day that holds `at`; `now` decides which salts are past keeping. */
  salt(at: number, now: number): Promise<Uint8Array | undefined>;
  /** Makes these bytes the salt of the UTC day that holds `at`, whatever it had: for a catalog that takes over from another. */
  keepSalt(at: number, salt: Uint8Array): Promise<void>;
  /** Writes all of it, as of one moment, into a new file. */
  copyTo(path: string): Promise<void>;
  close(): Promise<void>;
}
