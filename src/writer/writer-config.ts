/** The settings of the writer: how large its batches may be, how long it waits, and how often it does its upkeep. */
import { bytes, integer, milliseconds, settingsGroup, type Values } from '../settings.ts';

export const writerSettings = settingsGroup('Writing', {
  flushIntervalMs: milliseconds('MILLRACE_WRITER_FLUSH_INTERVAL_MS', {
    default: '100',
    min: 1,
    max: 60_000,
    doc: 'The least time between two batches when traffic is low. Shorter: countable sooner; longer: less work for the store.',
  }),
  batchEventsMax: integer('MILLRACE_WRITER_BATCH_EVENTS_MAX', {
    default: '50000',
    min: 1,
    max: 500_000,
    doc: 'The most events that go into the store together when there is much to do. The last record may pass it.',
  }),
  batchBytesMax: bytes('MILLRACE_WRITER_BATCH_BYTES_MAX', {
    default: '40MiB',
    min: 1024,
    max: 256 * 1024 ** 2,
    doc: 'The most bytes of the log that go into the store together. Memory in use is several times as much.',
  }),
  backoffMinMs: milliseconds('MILLRACE_WRITER_BACKOFF_MIN_MS', {
    default: '50',
    min: 1,
    max: 60_000,
    doc: 'How long the writer waits after the first failure of the store; it doubles with each further one.',
  }),
  backoffMaxMs: milliseconds('MILLRACE_WRITER_BACKOFF_MAX_MS', {
    default: '5000',
    min: 1,
    max: 600_000,
    doc: 'The longest that the writer waits between two attempts while the store is down. It never gives up.',
  }),
  upkeepIntervalMs: milliseconds('MILLRACE_WRITER_UPKEEP_INTERVAL_MS', {
    default: '10s',
    min: 10,
    max: 3_600_000,
    doc: 'How often the log is freed of what the store has made durable.',
  }),
  snapshotIntervalMs: milliseconds('MILLRACE_WRITER_SNAPSHOT_INTERVAL_MS', {
    default: '60s',
    min: 10,
    max: 3_600_000,
    doc: 'How often the index of event ids is written beside the data. The log keeps what came after the last one.',
  }),
  closeTimeoutMs: milliseconds('MILLRACE_WRITER_CLOSE_TIMEOUT_MS', {
    default: '10s',
    min: 0,
    max: 600_000,
    doc: 'How long the writer waits for the batch in the store when the server goes down. Nothing is lost when it is too short.',
  }),
});

export type WriterConfig = Values<typeof writerSettings>;
