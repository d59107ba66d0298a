/** Rows as they are, for stores without a packer: a pack that keeps them. */
import type { EventRow } from '../event/event-row.ts';
import type { PackedRows, RowPack } from '../store/store.ts';

export class RowList implements RowPack {
  readonly #rows: EventRow[] = [];
  #isInOrder = true;

  get count(): number {
    return this.#rows.length;
  }

  add(row: EventRow): void {
    const last = this.#rows.at(-1);
    if (last !== undefined && last.offset > row.offset) this.#isInOrder = false;
    this.#rows.push(row);
  }

  /** In offset order. */
  rows(): readonly EventRow[] {
    return this.#isInOrder ? this.#rows : this.#rows.toSorted((a, b) => a.offset - b.offset);
  }

  seal(): PackedRows {
    throw new Error('rows that are kept are not packed');
  }
}
