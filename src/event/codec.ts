/**
 * The bytes of one log record.
 *
 *   record     = written / sent
 *   written    = %x01 batch              batch: JSON of an EventBatch: {"project", "receivedAt", "events": [...]}
 *   sent       = %x02 head LF text       text: JSON of one event or of an array of events, as the sender wrote it
 *   head       = JSON of {"project", "receivedAt", "changes": [[index, fields], ...]}
 *   fields     = what became of the event at that index: new values by field, null where a field is left out
 *
 * All of it is UTF-8. A body whose events are all taken is kept as it was sent, since writing it anew costs as much as parsing
 * it; what has to be taken apart, and what holds an address, is written anew. JSON was measured against the engine's own
 * serializer (docs/decisions): as fast, 8 % larger, and readable by anything. A new version gets a new byte and keeps the old
 * decoder: test/golden/codec holds the bytes of each.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { failure } from '../errors.ts';
import { applyChanges, type EventChanges } from './changes.ts';
import type { Event, EventBatch } from './event.ts';

/** The events of one record in the words of their sender. */
export interface SentBatch {
  readonly project: string;
  readonly receivedAt: number;
  /** JSON of one event or of an array of them, in UTF-8. */
  readonly text: Uint8Array;
  /** By the place of the event in `text`; each place at most once. */
  readonly changes: readonly (readonly [index: number, changes: EventChanges])[];
}

const writtenVersion = 1;
const sentVersion = 2;
const writtenPrefix = String.fromCharCode(writtenVersion);
const sentPrefix = String.fromCharCode(sentVersion);
const lineFeed = 0x0a;

export function encodeBatch(batch: EventBatch): Uint8Array {
  return Buffer.from(writtenPrefix + JSON.stringify(batch), 'utf8');
}

/** In pieces, because the text is large and is copied soon enough. */
export function encodeSent({ project, receivedAt, text, changes }: SentBatch): readonly Uint8Array[] {
  const what = changes.length === 0 ? '' : `,"changes":${JSON.stringify(changes)}`;
  // JSON.stringify writes no line feeds, so the first one ends the head
  const head = `${sentPrefix}{"project":${JSON.stringify(project)},"receivedAt":${receivedAt}${what}}\n`;
  return [Buffer.from(head), text];
}

/**
 * The batch of a record. The log's checksum has vouched for the bytes already, so this catches a wrong version and a
 * payload that is no batch. Errors: record_malformed.
 */
export function decodeBatch(bytes: Uint8Array): EventBatch {
  const version = bytes[0];
  if (version === undefined) throw malformed('it is empty');
  if (version !== writtenVersion && version !== sentVersion) {
    throw malformed(
      `its version is ${version}, this version of Millrace reads ${writtenVersion} and ${sentVersion}`,
    );
  }
  if (!isUtf8(bytes)) throw malformed('it is not UTF-8');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return checkBatch(version === writtenVersion ? parse(buffer, 1, buffer.length) : decodeSent(buffer));
}

function decodeSent(buffer: Buffer): unknown {
  const end = buffer.indexOf(lineFeed);
  if (end < 0) throw malformed('its head has no end');
  const head = parse(buffer, 1, end);
  if (!isObject(head)) throw malformed('its head is not an object');
  const { project, receivedAt, changes = [] } = head;
  const text = parse(buffer, end + 1, buffer.length);
  const events: unknown[] = Array.isArray(text) ? text : [text];
  if (!Array.isArray(changes)) throw malformed('its changes are no list');
  for (const change of changes as readonly unknown[]) changeEvent(events, change);
  return { project, receivedAt, events };
}

function changeEvent(events: unknown[], change: unknown): void {
  const [index, changes] = Array.isArray(change) ? (change as readonly unknown[]) : [];
  const event = typeof index === 'number' ? events[index] : undefined;
  if (!isObject(event) || !isObject(changes)) throw malformed('one of its changes is of no event');
  events[index as number] = applyChanges(event, changes);
}

function parse(buffer: Buffer, first: number, end: number): unknown {
  try {
    return JSON.parse(buffer.toString('utf8', first, end));
  } catch (error) {
    throw malformed('its payload is not JSON', error);
  }
}

function checkBatch(value: unknown): EventBatch {
  if (!isObject(value)) throw malformed('its payload is not an object');
  const { project, receivedAt, events } = value;
  if (typeof project !== 'string') throw malformed('it names no project');
  if (typeof receivedAt !== 'number') throw malformed('it has no receivedAt');
  if (!Array.isArray(events)) throw malformed('it has no list of events');
  for (let index = 0; index < events.length; index++) checkEvent(events[index], index);
  return value as unknown as EventBatch;
}

function expectedType(field: string): string {
  if (field === 'timestamp') return 'number';
  if (field === 'bot') return 'boolean';
  return field === 'properties' ? 'object' : 'string';
}

function checkEvent(event: unknown, index: number): asserts event is Event {
  if (!isObject(event)) throw malformed(`its event ${index} is not an object`);
  for (const key in event) {
    const value = event[key];
    if (typeof value === expectedType(key) && value !== null) continue;
    throw malformed(`in its event ${index} the field ${key} has a wrong type`);
  }
  for (const key of ['eventId', 'type', 'timestamp', 'source']) {
    if (event[key] === undefined) throw malformed(`its event ${index} has no ${key}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(detail: string, cause?: unknown) {
  return failure('record_malformed', { detail }, cause);
}
