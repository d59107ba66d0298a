/** Rows as they are, for stores without a packer: a pack that keeps them. */
import type { EventRow } from '../event/event-row.ts';
import type { PackedRows, RowPack } from '../store/store.ts';

export class RowList implements RowPack {
  readonly bytes = 0;
  #rows: EventRow[] = [];

  get count(): number {
    return this.#rows.length;
  }

  get rows(): readonly EventRow[] {
    return this.#rows;
  }

  add(row: EventRow): void {
    this.#rows.push(row);
  }

  drop(offsets: ReadonlySet<number>): void {
    this.#rows = this.#rows.filter(({ offset }) => !offsets.has(offset));
  }

  seal(): PackedRows {
    throw new Error('rows that are kept are not packed');
  }
}
