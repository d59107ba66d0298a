/**
 * What people keep in a project besides its keys: questions, dashboards, experiments and the names that plans use. To the catalog a
 * body is JSON that it gives back as it came; `saved/` knows what each kind holds. Promises, each a test of `testing/saved-suite.ts`:
 *  1. What a call resolved for is durable and seen by the next call, and by other processes.
 *  2. An id is unique within its project and kind; creating one twice is `conflict`, and so is creating in a project that is being deleted.
 *  3. The first version is 1 and each change counts it up; a change that names another version than the present one is
 *     `version_outdated` and changes nothing, also when two come at the same moment.
 *  4. A kind of a project holds at most as many as the caller says; one more is `saved_full`.
 *  5. Lists are in the order of the ids' bytes, page by page, and hold nothing of another project or kind.
 *  6. They go with their project.
 *  7. `version` changes whenever one of them changes, and the catalog's own version does not.
 */
import type { JsonObject } from '../event/event.ts';

export const savedKinds = [
  'question',
  'dashboard',
  'experiment',
  'segment',
  'cohort',
  'goal',
  'annotation',
] as const;
export type SavedKind = (typeof savedKinds)[number];

export interface Saved {
  readonly project: string;
  readonly kind: SavedKind;
  readonly id: string;
  readonly name: string;
  readonly body: JsonObject;
  readonly version: number;
  /** Epoch ms, as `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The id of the key that changed it last. */
  readonly by: string;
}

export type SavedPlace = Pick<Saved, 'project' | 'kind' | 'id'>;

export interface SavedQuery extends Pick<Saved, 'project' | 'kind'> {
  readonly limit: number;
  /** The id of the last one of the page before. */
  readonly after?: string;
}

export interface SavedChange extends SavedPlace, Pick<Saved, 'name' | 'body' | 'updatedAt' | 'by'> {}

export interface SavedThings {
  version(): Promise<string>;
  list(query: SavedQuery): Promise<readonly Saved[]>;
  get(place: SavedPlace): Promise<Saved | undefined>;
  /** Errors: not_found for its project, conflict, saved_full. */
  create(saved: Saved, countMax: number): Promise<void>;
  /** `expected`: the version that it must have now. Resolves with what it became. Errors: not_found, version_outdated. */
  replace(change: SavedChange, expected?: number): Promise<Saved>;
  /** Errors: not_found, version_outdated. */
  remove(place: SavedPlace, expected?: number): Promise<void>;
}
