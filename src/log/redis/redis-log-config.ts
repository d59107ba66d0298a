/** The settings of a log in Redis. Its address is MILLRACE_LOG; how many partitions and bytes are those of every log. */
import { flag, integer, milliseconds, settingsGroup, text, type Values } from '../../settings.ts';

export const redisLogSettings = settingsGroup('The log in Redis', {
  keyPrefix: text('MILLRACE_LOG_REDIS_PREFIX', {
    default: 'millrace',
    pattern: /^[\w.-]{1,64}$/,
    rule: 'must be letters, digits, dots, underscores and hyphens, at most 64',
    doc: 'What the keys of the log begin with; two Millraces on one Redis need two.',
  }),
  leaseMs: milliseconds('MILLRACE_LOG_LEASE_MS', {
    default: '5s',
    min: 500,
    max: 600_000,
    doc: 'How long a writer may be silent before another one takes its partitions over.',
  }),
  timeoutMs: milliseconds('MILLRACE_LOG_REDIS_TIMEOUT_MS', {
    default: '5s',
    min: 100,
    max: 60_000,
    doc: 'How long an answer of Redis may take; without one, events are refused with 503 and the connection is made anew.',
  }),
  replicasMin: integer('MILLRACE_LOG_REDIS_REPLICAS_MIN', {
    default: '0',
    max: 10,
    doc: 'How many replicas must have an event before it is acknowledged. Not with a cluster.',
  }),
  acceptLoss: flag('MILLRACE_LOG_REDIS_ACCEPT_LOSS', {
    default: 'false',
    doc: 'Takes a Redis that would lose acknowledged events: one that evicts, or keeps no append-only file.',
  }),
});

/** How many bytes and partitions come from the settings of every log. */
export interface RedisLogConfig extends Values<typeof redisLogSettings> {
  readonly partitions: number;
  readonly bytesMax: number;
  readonly waitingBytesMax: number;
}
