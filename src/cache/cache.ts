/**
 * A bounded place for answers. It may forget anything at any time and never fails its caller.
 *  1. `get` returns what `set` stored, or undefined; never another key's value.
 *  2. Memory stays under the bound; the least recently used goes first.
 *  3. A broken cache behaves as an empty one: `get` gives undefined, `set` does nothing; neither rejects.
 */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  /** `ttlMs`: how long the value may be kept; it may go earlier. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  usage(): { readonly entries: number; readonly bytes: number; readonly bytesMax: number };
  close(): Promise<void>;
}
