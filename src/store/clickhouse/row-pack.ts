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
  /** UTC days that have rows, by project; perhaps also some whose rows were all taken out. */
  readonly days: ReadonlyMap<string, ReadonlySet<number>>;
  /** Projects with events that may link ids. */
  readonly linking: ReadonlySet<string>;
  readonly offsetMin: number;
}

/** A block with the offsets of its rows. */
interface Filled {
  readonly block: NativeBlock<EventRow>;
  offsets: number[];
}

/** Blocks for one pack after the other: the columns of the last one have about the memory that the next ones need. */
class Blocks {
  readonly #bytesMax: number;
  #spare: NativeBlock<EventRow> | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  take(): NativeBlock<EventRow> {
    const block = this.#spare ?? new NativeBlock(eventColumns, this.#bytesMax);
    this.#spare = undefined;
    block.clear();
    return block;
  }

  giveBack(block: NativeBlock<EventRow> | undefined): void {
    this.#spare = block;
  }
}

/** Takes rows as they come; each block holds some of them in their order. */
export class BlockPack implements RowPack {
  readonly #blocks: Blocks;
  readonly #full: Filled[] = [];
  readonly #days = new Map<string, Set<number>>();
  readonly #linking = new Set<string>();
  #last: Filled;
  /** Of the row before: mostly the next one has the same. */
  #project: string | undefined;
  #day = Number.NaN;

  constructor(blocks = new Blocks(blockBytesMax)) {
    this.#blocks = blocks;
    this.#last = this.#open();
  }

  static within(bytesMax: number): BlockPack {
    return new BlockPack(new Blocks(bytesMax));
  }

  get count(): number {
    return [...this.#full, this.#last].reduce((sum, { offsets }) => sum + offsets.length, 0);
  }

  get bytes(): number {
    return [...this.#full, this.#last].reduce((sum, { block }) => sum + block.bytes, 0);
  }

  add(row: EventRow): void {
    if (this.#last.offsets.length >= blockRowsMax || !this.#last.block.add(row)) {
      this.#full.push(this.#last);
      this.#last = this.#open();
      this.#last.block.add(row);
    }
    this.#last.offsets.push(row.offset);
    if (mayLink(row.type)) this.#linking.add(row.project);
    const day = dayOf(row.timestamp);
    if (day !== this.#day || row.project !== this.#project) this.#noteDay(row.project, day);
  }

  drop(offsets: ReadonlySet<number>): void {
    for (const filled of [...this.#full, this.#last]) {
      const places = [...filled.offsets.keys()].filter((place) => offsets.has(filled.offsets[place]!));
      if (places.length === 0) continue;
      filled.block.drop(places);
      filled.offsets = filled.offsets.filter((offset) => !offsets.has(offset));
    }
  }

  seal(): PackedBlocks {
    const filled = [...this.#full, this.#last].filter(({ offsets }) => offsets.length > 0);
    const blocks = filled.map(({ block }) => block.finish());
    this.#blocks.giveBack(filled.at(-1)?.block);
    let offsetMin = Number.POSITIVE_INFINITY;
    for (const { offsets } of filled) for (const each of offsets) offsetMin = Math.min(offsetMin, each);
    return {
      count: this.count,
      buffers: blocks.map(({ buffer }) => buffer),
      blocks,
      days: this.#days,
      linking: this.#linking,
      offsetMin,
    };
  }

  #open(): Filled {
    return { block: this.#blocks.take(), offsets: [] };
  }

  #noteDay(project: string, day: number): void {
    this.#project = project;
    this.#day = day;
    const days = this.#days.get(project);
    if (days === undefined) this.#days.set(project, new Set([day]));
    else days.add(day);
  }
}

/** Of the length before the hash, which costs more. */
const linkLengths = new Set([...linkTypes].map(({ length }) => length));
const mayLink = (type: string): boolean => linkLengths.has(type.length) && linkTypes.has(type);

/** Opens packs, one after the other. */
export function openPacker(): () => RowPack {
  const blocks = new Blocks(blockBytesMax);
  return () => new BlockPack(blocks);
}

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
