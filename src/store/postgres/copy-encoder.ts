/**
 * Rows as COPY … FROM STDIN (FORMAT binary) takes them (PostgreSQL's documentation, "COPY", binary format): no text is parsed by
 * the server, and none has to be escaped here.
 *
 *   file   signature, int32 flags, int32 length of what follows (0), rows, int16 -1
 *   row    int16 number of fields, fields
 *   field  int32 length in bytes (-1: NULL), the bytes
 */
import type { JsonObject } from '../../event/event.ts';
import type { EventRow } from '../../event/event-row.ts';
import { ByteWriter } from './byte-writer.ts';
import { propertyJson } from './property-json.ts';
import { type Column, eventColumns, isStorable } from './schema.ts';

export type IdHash = (project: string, eventId: string) => bigint;

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const end = -1;
/** What is sent at once, about; a row is never cut. */
const pieceBytes = 200 * 1024;
/** PostgreSQL counts from 2000-01-01, in microseconds. */
const epochMs = Date.UTC(2000, 0, 1);

/** The `COPY` statement whose data `copyPieces` makes. */
export const copyEvents = `COPY events (${eventColumns.map(({ name }) => name).join(', ')}) FROM STDIN (FORMAT binary)`;

/** All rows in pieces. Errors: RangeError when a value fits no column. */
export function* copyPieces(rows: readonly EventRow[], idHash: IdHash): Generator<Buffer> {
  const writer = new ByteWriter();
  writer.bytes(signature);
  writer.int32(0);
  writer.int32(0);
  for (const row of rows) {
    writeRow(writer, row, idHash);
    if (writer.length >= pieceBytes) yield writer.take();
  }
  writer.int16(end);
  yield writer.take();
}

function writeRow(writer: ByteWriter, row: EventRow, idHash: IdHash): void {
  writer.int16(eventColumns.length);
  for (const column of eventColumns) writeField(writer, row, column, idHash);
}

function writeField(writer: ByteWriter, row: EventRow, { kind, field }: Column, idHash: IdHash): void {
  const value = field === undefined ? idHash(row.project, row.eventId) : row[field];
  switch (kind) {
    case 'text':
      writer.text(value as string);
      break;
    case 'instant':
      writeInstant(writer, value as number);
      break;
    case 'bigint':
      writer.int32(8);
      writer.int64(value as number);
      break;
    case 'key':
      writer.int32(8);
      writer.uint64(value as bigint);
      break;
    case 'integer':
      writer.int32(4);
      writer.int32(value as number);
      break;
    case 'boolean':
      writer.int32(1);
      writer.int8(value ? 1 : 0);
      break;
    case 'amount':
      writeAmount(writer, value as bigint | null);
      break;
    case 'properties':
      writer.textAfter(jsonbVersion, propertyJson(value as JsonObject));
      break;
    default:
      kind satisfies never;
  }
}

/** Of the binary form of jsonb. */
const jsonbVersion = 1;

function writeInstant(writer: ByteWriter, ms: number): void {
  if (!isStorable(ms)) throw new RangeError(`the time ${ms} is out of range`);
  writer.int32(8);
  // exact: a thousand times a whole number ends in three zero bits, so that 2^56 is the limit
  writer.int64((ms - epochMs) * 1_000);
}

/** A numeric is a row of digits to the base of 10,000: an amount's last one is its fraction. */
const digitBase = 10_000n;
/** numeric(18, 4): four digits before the point, in which all of 10^14 fit; the server refuses what is larger. */
const amountDigits = 5;
const negative = 0x4000;
const amountMax = digitBase ** BigInt(amountDigits) - 1n;

function writeAmount(writer: ByteWriter, amount: bigint | null): void {
  if (amount === null) {
    writer.int32(-1);
    return;
  }
  let rest = amount < 0n ? -amount : amount;
  if (rest > amountMax) throw new RangeError(`the amount ${amount} is out of range`);
  writer.int32(2 * (4 + amountDigits));
  writer.int16(amountDigits);
  writer.int16(amountDigits - 2);
  writer.int16(amount < 0n ? negative : 0);
  writer.int16(4);
  for (let power = amountDigits - 1; power >= 0; power--) {
    const unit = digitBase ** BigInt(power);
    writer.int16(Number(rest / unit));
    rest %= unit;
  }
}
