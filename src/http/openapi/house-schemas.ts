/** What the other routes answer, as schemas: collecting, the queue, quarantine, upkeep, projects and keys. */
import {
  count,
  flag,
  list,
  mapOf,
  named,
  number,
  object,
  oneOf,
  orNull,
  ref,
  type Schema,
  text,
  time,
} from './describe.ts';

type Members = Readonly<Record<string, Schema>>;

const ledger: Members = {
  accepted: named(count, 'Events that the log acknowledged.'),
  stored: count,
  duplicates: count,
  quarantined: { type: 'integer' },
  lost: count,
  inFlight: { type: 'integer' },
};
/** What questions of a key may cost, where it is not as the settings say. */
export const keyLimits: Members = {
  timeMs: count,
  memoryBytes: count,
  rowsMax: count,
  concurrencyMax: count,
  waitingMax: count,
};
const pool = object({ size: count, idle: count, waiting: count, max: count, uses: count });
const key: Members = {
  limits: ref('KeyLimits'),
  id: text,
  project: text,
  scope: oneOf('write', 'read', 'admin'),
  name: text,
  hint: text,
  origins: list(text),
  createdAt: time,
  revokedAt: orNull(time),
};

export const houseSchemas: Members = {
  CollectResult: object({ accepted: count, rejected: count, results: list(ref('CollectOutcome')) }),
  CollectOutcome: object(
    { index: count, result: oneOf('accepted', 'rejected') },
    { eventId: text, reason: text, message: text },
  ),
  Health: object({ status: { const: 'ok' } }),
  PartState: object({ status: oneOf('ready', 'starting', 'degraded', 'down') }, { reason: text }),
  Readiness: object(
    {
      status: oneOf('ready', 'degraded', 'down'),
      collecting: named(flag, 'Events are taken.'),
      answering: named(flag, 'Questions are answered.'),
      parts: object(
        { catalog: ref('PartState') },
        { log: ref('PartState'), writer: ref('PartState'), store: ref('PartState') },
      ),
    },
    {
      pools: object(
        { write: pool, read: pool },
        { replica: object({ state: oneOf('unknown', 'used', 'behind', 'down') }, { lagMs: number }) },
      ),
    },
  ),
  QueueStatus: object({
    queueLength: named(count, 'Events that are accepted and not countable yet.'),
    status: oneOf('ok', 'warning'),
    lagMs: named(number, 'How long the oldest of them has waited.'),
    deadLetters: named(orNull(count), 'Events in quarantine; null while the store cannot say.'),
    timestamp: time,
    eventsPerSecond: number,
    ledger: orNullRef('Ledger'),
    log: object({ bytes: number, bytesMax: number }),
    partitions: list(
      object({
        partition: count,
        mode: text,
        waiting: count,
        lagMs: number,
        eventsPerSecond: number,
        ledger: { anyOf: [object(ledger), { type: 'null' }] },
        lastBatch: { anyOf: [object({ rows: count, durationMs: number, at: time }), { type: 'null' }] },
        lastError: { anyOf: [object({ code: text, at: time }), { type: 'null' }] },
      }),
    ),
  }),
  Ledger: object({ ...ledger, discarded: count, expired: count, deleted: count }),
  CacheStatus: object({
    kind: text,
    hits: count,
    misses: count,
    hitRate: orNull(number),
    entries: count,
    bytes: count,
    bytesMax: count,
  }),
  SlowQuestion: object({
    at: named(time, 'When it ended.'),
    project: text,
    kind: text,
    durationMs: named(number, 'With its wait for others.'),
    outcome: named(text, '`answered`, or the code of the error.'),
    source: named(orNull(text), 'What it was answered from.'),
    rowsRead: orNull(count),
    plan: { description: 'As it was sent; null when it is long.' },
  }),
  DiskStatus: object({
    bytes: named(count, 'Of the disk that has the data directory.'),
    freeBytes: count,
    freeBytesMin: named(count, 'Below it no events are taken.'),
    storeBytes: named(orNull(count), 'Null when the store is another service.'),
    logBytes: count,
    logBytesMax: count,
    bytesPerEvent: orNull(number),
    eventsPerSecond: orNull(number),
    overMs: named(count, 'Over how long the rate was measured.'),
    retentionDays: orNull(count),
    fullAt: named(orNull(time), 'Null: at this rate it does not fill.'),
  }),
  DeadLetter: object({
    id: text,
    partition: count,
    offset: count,
    project: text,
    eventId: text,
    receivedAt: time,
    reason: text,
    detail: text,
    body: named(text, 'The event as the log had it: JSON, else base64 of its bytes.'),
  }),
  DoctorReport: object({
    status: oneOf('ok', 'warning', 'failed'),
    checkedAt: time,
    checks: list(
      object({ name: text, status: oneOf('ok', 'warning', 'failed'), detail: text, advice: text }),
    ),
  }),
  MaintenanceReport: object({
    partitionsMade: count,
    expired: count,
    partitions: object({ attached: count, daysAhead: orNull(number), rowsInDefault: count }),
  }),
  Project: object({ id: text, name: text, createdAt: time, status: oneOf('active', 'deleting') }),
  KeyLimits: object({}, keyLimits),
  Key: object(key),
  MadeKey: object({ ...key, key: named(text, 'The key itself: said this once.') }),
  ReplayReport: object({
    replayed: count,
    duplicates: count,
    refused: count,
    reasons: mapOf(count),
    tooYoung: count,
    elsewhere: count,
  }),
};

function orNullRef(name: string): Schema {
  return { anyOf: [ref(name), { type: 'null' }] };
}
