/** What the writer and its thread tell each other. Calls are answered one after the other, in the order in which they came. */
import type { Fates } from './window.ts';
import type { Beginning, Confirmed, Decoded } from './window-maker.ts';

export interface ThreadOptions {
  /** URL of the store's packer. */
  readonly packer: string;
}

/** Records without their bytes, which stand one behind the other in one buffer. */
export interface SentRecords {
  readonly records: readonly { readonly offset: number; readonly count: number; readonly length: number }[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type MakerCall =
  | { readonly kind: 'begin'; readonly beginning: Beginning }
  | ({ readonly kind: 'feed'; readonly from: number; readonly to: number } & SentRecords)
  | { readonly kind: 'decoded' }
  | { readonly kind: 'confirm'; readonly hits: readonly number[] }
  | { readonly kind: 'finish'; readonly copies: readonly number[] }
  | { readonly kind: 'release'; readonly from: number };

export interface ToThread {
  readonly partition: number;
  readonly call: MakerCall;
}

/** `begin` and `release` are not answered. */
export type FromThread =
  | { readonly kind: 'answer'; readonly value: Decoded | Confirmed | Fates | number }
  | { readonly kind: 'error'; readonly message: string };
