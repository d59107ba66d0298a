/**
 * The values of one statement, which never stand in its text: each is bound to `$n` with the type that it has there, and one
 * that is used again is bound once.
 */
import { instants } from './schema.ts';

export type BoundType =
  | 'text'
  | 'jsonb'
  | 'float8'
  | 'bigint'
  | 'bigint[]'
  | 'text[]'
  | 'boolean[]'
  | 'jsonb[]'
  | 'integer'
  | 'integer[]'
  | 'numeric'
  | 'date'
  | 'timestamptz'
  | 'timestamptz[]';

export class Parameters {
  readonly values: unknown[] = [];
  readonly #places = new Map<string, string>();

  /** `$n::type`. */
  bind(value: string | readonly string[], type: BoundType): string {
    const key = `${type} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.values.push(value);
    const place = `$${this.values.length}::${type}`;
    this.#places.set(key, place);
    return place;
  }

  /** Epoch ms; cut to what a row may be about, since PostgreSQL writes years before 1 in another way. */
  instant(ms: number): string {
    return this.bind(instantText(ms), 'timestamptz');
  }

  instants(list: readonly number[]): string {
    return this.bind(list.map(instantText), 'timestamptz[]');
  }
}

const instantText = (ms: number): string =>
  new Date(Math.min(Math.max(ms, instants.min), instants.max)).toISOString();
