/** A record of the log as the events that it holds. */
import { failure } from '../errors.ts';
import { decodeBatch } from '../event/codec.ts';
import type { EventBatch } from '../event/event.ts';
import type { LogRecord } from '../log/log.ts';

/** Errors: record_malformed, also when the log counted other events than the record holds. */
export function decodeRecord(record: LogRecord): EventBatch {
  const batch = decodeBatch(record.bytes);
  const found = batch.events.length;
  if (found === record.count) return batch;
  throw failure('record_malformed', {
    detail: `it holds ${found} events where the log counted ${record.count}`,
  });
}
