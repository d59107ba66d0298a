/**
 * Events that cannot be stored, with the reason from a closed list and all that is needed to look at them and replay
 * them. Building an item never fails: what cannot be shown as JSON is kept as base64.
 */
import { Buffer } from 'node:buffer';
import type { Event } from '../event/event.ts';
import type { LogRecord } from '../log/log.ts';
import type { Quarantined } from '../store/store.ts';
import type { Origin } from './prepare.ts';

export const quarantineReasons = ['undecodable', 'unpreparable', 'refused'] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

/** What a reason means, for those who look at the quarantine. */
export function describeReason(reason: QuarantineReason): string {
  switch (reason) {
    case 'undecodable':
      return 'the record of the log is whole, but this version cannot read it; a later one may';
    case 'unpreparable':
      return 'the event could be read, but no row could be made of it';
    case 'refused':
      return 'the store refuses the row of this event, also when it comes alone';
    default:
      return reason satisfies never;
  }
}

const detailCharactersMax = 1000;

/** One item an event. The first carries the bytes of the whole record, the others say where they are. */
export function quarantineRecord(
  partition: number,
  record: LogRecord,
  from: number,
  cause: unknown,
  now: number,
): Quarantined[] {
  const items: Quarantined[] = [];
  for (let offset = from; offset < record.offset + record.count; offset++) {
    const first = offset === from;
    items.push({
      partition,
      offset,
      project: '',
      eventId: '',
      receivedAt: now,
      reason: 'undecodable' satisfies QuarantineReason,
      detail: first ? detailOf(cause) : `in the record that begins at offset ${from}, which holds its bytes`,
      body: first ? Buffer.from(record.bytes).toString('base64') : '',
    });
  }
  return items;
}

/** An event that was read but has no row, or whose row the store refuses. */
export function quarantineEvent(
  event: Event,
  origin: Origin,
  reason: Exclude<QuarantineReason, 'undecodable'>,
  cause: unknown,
): Quarantined {
  const { partition, offset, project, receivedAt } = origin;
  return {
    partition,
    offset,
    project,
    eventId: event.eventId,
    receivedAt,
    reason,
    detail: detailOf(cause),
    body: JSON.stringify(event),
  };
}

function detailOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.slice(0, detailCharactersMax);
}
