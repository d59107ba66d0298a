/** What all questions to a store have in common: what they may cost, and how groups are told apart. */

export interface Budget {
  readonly timeMs: number;
  readonly memoryBytes: number;
  readonly rowsMax: number;
}

export type GroupValue = string | number | boolean | null;
/** The whole (`all`), a group (`values`, one for each field; null: it is absent), or what is past the limit (`other`). */
export type Group =
  | { readonly kind: 'all' }
  | { readonly kind: 'values'; readonly values: readonly GroupValue[] }
  | { readonly kind: 'other' };
