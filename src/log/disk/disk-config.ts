/** The settings of the `disk:` log. None of them ever removes what the store has not made durable yet. */
import { bytes, hours, integer, settingsGroup, type Values } from '../../settings.ts';

export const diskLogSettings = settingsGroup('The log on disk', {
  partitions: integer('MILLRACE_LOG_PARTITIONS', {
    default: '1',
    min: 1,
    max: 64,
    doc: 'How many writers share the log. Fixed when the log is made: the partition of an event must stay the same.',
  }),
  segmentBytes: bytes('MILLRACE_LOG_SEGMENT_BYTES', {
    default: '64MiB',
    min: 1024,
    max: 1024 ** 3,
    doc: 'The size at which the log begins a new file. Files are removed whole, so smaller ones free disk sooner.',
  }),
  segmentMs: hours('MILLRACE_LOG_SEGMENT_HOURS', {
    default: '1',
    min: 1000,
    max: 8760 * 3_600_000,
    doc: 'The age at which the log begins a new file, however small the old one is.',
  }),
  bytesMax: bytes('MILLRACE_LOG_BYTES_MAX', {
    default: '0',
    doc: 'The most that the log may take on disk; at it, collecting answers 503 until the writer has caught up. 0: no bound.',
  }),
  freeBytesMin: bytes('MILLRACE_LOG_FREE_BYTES_MIN', {
    default: '256MiB',
    doc: 'What the log leaves free on its disk, so that the store can go on; below it, collecting answers 503. 0: nothing.',
  }),
  waitingBytesMax: bytes('MILLRACE_LOG_WAITING_BYTES_MAX', {
    default: '64MiB',
    min: 1024,
    max: 4 * 1024 ** 3,
    doc: 'The most memory for events that wait to be written; at it, collecting answers 503.',
  }),
  retainBytesMax: bytes('MILLRACE_LOG_RETAIN_BYTES', {
    default: '0',
    doc: 'How much of what the store has already the log keeps, per partition; the oldest goes first. 0: nothing.',
  }),
  retainMs: hours('MILLRACE_LOG_RETAIN_HOURS', {
    default: '24',
    max: 8760 * 3_600_000,
    doc: 'How long the log keeps what the store has already, within MILLRACE_LOG_RETAIN_BYTES.',
  }),
});

export type DiskLogConfig = Values<typeof diskLogSettings>;
