/**
 * A packer for tests: rows cross from the writer's thread as they are. One whose property `endThread` names a file
 * removes the file and ends the thread, at once or `afterMs` later. One takes as many bytes as its `packedBytes` says.
 */
import { existsSync, rmSync } from 'node:fs';
import type { EventRow } from '../../src/event/event-row.ts';
import type { Batch, PackedRows, RowPack } from '../../src/store/store.ts';

interface Packed extends PackedRows {
  readonly rows: readonly EventRow[];
}

export const packer = import.meta.url;

export const openPacker = () => openPack;

function openPack(): RowPack {
  let rows: EventRow[] = [];
  return {
    get count() {
      return rows.length;
    },
    get bytes() {
      return rows.reduce((sum, { properties }) => sum + ((properties.packedBytes as number) ?? 0), 0);
    },
    add(row) {
      if (row.eventId.startsWith('unpackable')) throw new RangeError('told to refuse to pack');
      const { endThread } = row.properties;
      if (typeof endThread === 'string' && existsSync(endThread)) {
        rmSync(endThread);
        if (row.properties.afterMs === undefined) process.exit(1);
        setTimeout(() => process.exit(1), row.properties.afterMs as number);
      }
      rows.push(row);
    },
    drop(offsets) {
      rows = rows.filter(({ offset }) => !offsets.has(offset));
    },
    seal: (): Packed => ({ count: rows.length, buffers: [], rows }),
  };
}

/** The batch with its rows as such. */
export function unpacked(batch: Batch): Batch {
  const { packed, ...rest } = batch;
  if (packed === undefined) return batch;
  return { ...rest, rows: (packed as Packed).rows.toSorted((a, b) => a.offset - b.offset) };
}
