/**
 * The hash functions that events are placed and counted by. They are WebAssembly, so they are opened once and passed
 * along. Both are part of what is kept: another hash would send a retry to another partition and split every person.
 */
import xxhash from 'xxhash-wasm';

export interface Hasher {
  /** xxHash32, seed 0, of the text as UTF-8. */
  hash32(text: string): number;
  /** xxHash64, seed 0, of the text as UTF-8; unsigned. */
  hash64(text: string): bigint;
}

export async function openHasher(): Promise<Hasher> {
  // types.d.ts of the package declares a function; its Promise resolves once the WebAssembly is compiled
  const { h32, h64 } = await xxhash();
  return { hash32: (text) => h32(text), hash64: (text) => h64(text) };
}
