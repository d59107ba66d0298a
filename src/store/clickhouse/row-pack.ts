/**
 * Rows as the ClickHouse store sends them: blocks, and what must be known of their rows once they are bytes. A module of its
 * own, because the writer's thread loads it.
 */
import { setImmediate } from 'node:timers/promises';
import type { EventRow } from '../../event/event-row.ts';
import { linkTypes } from '../sql/link-types.ts';
import type { PackedRows, RowPack } from '../store.ts';
import { dayOf } from './dirty-days.ts';
import { NativeBlock } from './native-block.ts';
import { eventColumns } from './schema.ts';

/** More rows than this are inserted as several blocks, … */
export const blockRowsMax = 100_000;
/** … and so are rows whose block would be larger: properties may take 90 times what they took in the log. */
export const blockBytesMax = 64 * 1024 * 1024;

export interface PackedBlocks extends PackedRows {
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
  /** UTC days that have rows, by project. */
  readonly days: ReadonlyMap<string, ReadonlySet<number>>;
  /** Projects with events that may link ids. */
  readonly linking: ReadonlySet<string>;
  readonly offsetMin: number;
}

/** Takes rows as they come; each block holds some of them in their order. */
export class BlockPack implements RowPack {
  readonly #bytesMax: number;
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  readonly #days = new Map<string, Set<number>>();
  readonly #linking = new Set<string>();
  #block: NativeBlock<EventRow>;
  #count = 0;
  #offsetMin = Number.POSITIVE_INFINITY;

  constructor(bytesMax = blockBytesMax) {
    this.#bytesMax = bytesMax;
    this.#block = new NativeBlock(eventColumns, bytesMax);
  }

  get count(): number {
    return this.#count;
  }

  add(row: EventRow): void {
    if (this.#block.rows >= blockRowsMax || !this.#block.add(row)) {
      this.#finish();
      this.#block.add(row);
    }
    this.#count++;
    if (row.offset < this.#offsetMin) this.#offsetMin = row.offset;
    if (linkTypes.has(row.type)) this.#linking.add(row.project);
    this.#noteDay(row.project, dayOf(row.timestamp));
  }

  seal(): PackedBlocks {
    if (this.#block.rows > 0) this.#finish();
    const blocks = this.#blocks;
    return {
      count: this.#count,
      buffers: blocks.map(({ buffer }) => buffer),
      blocks,
      days: this.#days,
      linking: this.#linking,
      offsetMin: this.#offsetMin,
    };
  }

  #finish(): void {
    this.#blocks.push(this.#block.finish());
    this.#block = new NativeBlock(eventColumns, this.#bytesMax);
  }

  #noteDay(project: string, day: number): void {
    const days = this.#days.get(project);
    if (days === undefined) this.#days.set(project, new Set([day]));
    else days.add(day);
  }
}

export const openPack = (): RowPack => new BlockPack();

/** In slices, so that requests are answered meanwhile. Errors: RangeError or TypeError for a row that does not fit. */
export async function packRows(rows: readonly EventRow[]): Promise<PackedBlocks> {
  const pack = new BlockPack();
  for (const [index, row] of rows.entries()) {
    pack.add(row);
    if (index % sliceRows === sliceRows - 1) await setImmediate();
  }
  return pack.seal();
}

const sliceRows = 500;
