/**
 * Records as an Arrow IPC stream (Arrow Columnar Format 1.5, "Encapsulated message format"): the schema, then a batch for each group of
 * rows, so that at most one group is held. Text, exact money and JSON among it, is Utf8; times are milliseconds in UTC. A writer of our
 * own: the library weighs 7 MB for what are 200 lines here.
 */
import { FlatWriter, type Place } from './flat-writer.ts';
import { type ColumnData, type RowGroup, rowGroups, type Stored } from './row-groups.ts';
import type { Column, Sheet } from './sheet.ts';

/** MetadataVersion V5; members of the union MessageHeader. */
const version = 4;
const headerSchema = 1;
const headerBatch = 3;
const alignment = 8;

export async function* arrowBytes(sheet: Sheet): AsyncGenerator<Buffer> {
  yield message(headerSchema, (flat) => schemaTable(flat, sheet.columns), 0);
  for await (const group of rowGroups(sheet)) yield batchBytes(group);
  yield Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
}

/** The marker, the length of the metadata, the metadata; what follows it begins at a multiple of 8. */
function message(kind: number, header: (flat: FlatWriter) => Place, bodyLength: number): Buffer {
  const flat = new FlatWriter();
  const at = header(flat);
  const metadata = flat.finish(flat.table([[2, version], [1, kind], { place: at }, [8, bodyLength]]));
  const length = padded(metadata.length);
  const bytes = Buffer.alloc(8 + length);
  bytes.writeInt32LE(-1, 0);
  bytes.writeInt32LE(length, 4);
  metadata.copy(bytes, 8);
  return bytes;
}

function schemaTable(flat: FlatWriter, columns: readonly Column[]): Place {
  const fields = columns.map(({ name, type }) => {
    const [id, table] = typeTable(flat, type);
    const [text, children] = [flat.text(name), flat.tables([])];
    return flat.table([{ place: text }, [1, 1], [1, id], { place: table }, undefined, { place: children }]);
  });
  return flat.table([[2, 0], { place: flat.tables(fields) }]);
}

/** The member of the union Type, and its table. */
function typeTable(flat: FlatWriter, type: Column['type']): readonly [id: number, table: Place] {
  switch (type) {
    case 'text':
    case 'json':
      return [5, flat.table([])];
    case 'integer':
      return [
        2,
        flat.table([
          [4, 64],
          [1, 1],
        ]),
      ];
    case 'number':
      return [3, flat.table([[2, 2]])];
    case 'boolean':
      return [6, flat.table([])];
    case 'time': {
      const zone = flat.text('UTC');
      return [10, flat.table([[2, 1], { place: zone }])];
    }
    default:
      return type satisfies never;
  }
}

function batchBytes({ rows, columns }: RowGroup): Buffer {
  const parts = columns.map(({ type, data }) => [validity(data), ...valuesOf(type, data)]);
  const buffers: number[] = [];
  let length = 0;
  for (const bytes of parts.flat()) {
    buffers.push(length, bytes.length);
    length += padded(bytes.length);
  }
  const header = (flat: FlatWriter): Place => {
    const nodes = flat.longs(
      columns.flatMap(({ data }) => [rows, absentIn(data)]),
      2,
    );
    const places = flat.longs(buffers, 2);
    return flat.table([[8, rows], { place: nodes }, { place: places }]);
  };
  const head = message(headerBatch, header, length);
  const bytes = Buffer.alloc(head.length + length);
  head.copy(bytes);
  for (const [i, part] of parts.flat().entries()) bytes.set(part, head.length + buffers[i * 2]!);
  return bytes;
}

type Data = ColumnData['data'];

const absentIn = (data: Data): number =>
  data.reduce<number>((sum, value) => sum + Number(value === undefined), 0);
const validity = (data: Data): Uint8Array => bits(data, (value) => value !== undefined);

function bits(data: Data, isSet: (value: Stored) => boolean): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(data.length / 8));
  for (const [i, value] of data.entries()) if (isSet(value)) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

/** The buffers of a column beside its validity. */
function valuesOf(type: Column['type'], data: Data): readonly Uint8Array[] {
  switch (type) {
    case 'text':
    case 'json':
      return textBuffers(data as readonly (string | undefined)[]);
    case 'boolean':
      return [bits(data, (value) => value === true)];
    case 'number':
      return [bytesOf(Float64Array.from(data, (value) => Number(value ?? 0)))];
    case 'integer':
    case 'time':
      return [bytesOf(BigInt64Array.from(data, (value) => BigInt(value ?? 0)))];
    default:
      return type satisfies never;
  }
}

/** Where each text begins, and the texts. */
function textBuffers(data: readonly (string | undefined)[]): readonly Uint8Array[] {
  const texts = data.map((text) => (text === undefined ? undefined : Buffer.from(text)));
  const offsets = new Int32Array(data.length + 1);
  for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i]! + (text?.length ?? 0);
  return [bytesOf(offsets), Buffer.concat(texts.filter((text) => text !== undefined))];
}

const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const padded = (length: number): number => Math.ceil(length / alignment) * alignment;
