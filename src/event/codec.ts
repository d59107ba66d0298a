/**
 * The bytes of one log record.
 *
 *   record  = version payload
 *   version = %x01
 *   payload = UTF-8 JSON of an EventBatch: {"project", "receivedAt", "events": [...]}
 *
 * JSON was measured against the engine's own serializer (docs/decisions): as fast, 8 % larger, and readable by anything.
 * A new version gets a new byte and keeps the old decoder: test/golden/codec holds the bytes of each.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { failure } from '../errors.ts';
import type { Event, EventBatch } from './event.ts';

const version = 1;
const versionPrefix = String.fromCharCode(version);

export function encodeBatch(batch: EventBatch): Uint8Array {
  return Buffer.from(versionPrefix + JSON.stringify(batch), 'utf8');
}

/**
 * The batch of a record. The log's checksum has vouched for the bytes already, so this catches a wrong version and a
 * payload that is no batch. Errors: record_malformed.
 */
export function decodeBatch(bytes: Uint8Array): EventBatch {
  const found = bytes[0];
  if (found === undefined) throw failure('record_malformed', { detail: 'it is empty' });
  if (found !== version) {
    throw failure('record_malformed', {
      detail: `its version is ${found}, this version of Millrace reads ${version}`,
    });
  }
  if (!isUtf8(bytes)) throw failure('record_malformed', { detail: 'it is not UTF-8' });
  return checkBatch(parsePayload(bytes));
}

function parsePayload(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return JSON.parse(buffer.toString('utf8', 1));
  } catch (error) {
    throw failure('record_malformed', { detail: 'its payload is not JSON' }, error);
  }
}

function checkBatch(value: unknown): EventBatch {
  if (!isObject(value)) throw failure('record_malformed', { detail: 'its payload is not an object' });
  const { project, receivedAt, events } = value;
  if (typeof project !== 'string') throw failure('record_malformed', { detail: 'it names no project' });
  if (typeof receivedAt !== 'number') throw failure('record_malformed', { detail: 'it has no receivedAt' });
  if (!Array.isArray(events)) throw failure('record_malformed', { detail: 'it has no list of events' });
  for (let index = 0; index < events.length; index++) checkEvent(events[index], index);
  return value as unknown as EventBatch;
}

function expectedType(field: string): string {
  if (field === 'timestamp') return 'number';
  if (field === 'bot') return 'boolean';
  return field === 'properties' ? 'object' : 'string';
}

function checkEvent(event: unknown, index: number): asserts event is Event {
  if (!isObject(event)) throw failure('record_malformed', { detail: `its event ${index} is not an object` });
  for (const key in event) {
    const value = event[key];
    if (typeof value === expectedType(key) && value !== null) continue;
    throw failure('record_malformed', { detail: `in its event ${index} the field ${key} has a wrong type` });
  }
  for (const key of ['eventId', 'type', 'timestamp', 'source']) {
    if (event[key] === undefined)
      throw failure('record_malformed', { detail: `its event ${index} has no ${key}` });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
