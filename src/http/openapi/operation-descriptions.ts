/** What the routes of a running server say of themselves: collecting, its state, quarantine, upkeep. */
import {
  type AnswerDescription,
  count,
  json,
  list,
  object,
  oneOf,
  orNull,
  type ParameterDescription,
  type RouteDescription,
  ref,
  type Schema,
  text,
} from './describe.ts';

const told = (doc: string, schema: Schema): Readonly<Record<number, AnswerDescription>> => ({
  200: { doc, content: json(schema) },
});
const plain: Schema = { type: 'string' };

const lines: Schema = { type: 'string', description: 'One event a line, as JSON.' };
const sent: Schema = {
  anyOf: [
    ref('Event'),
    { type: 'array', items: ref('Event'), maxItems: 10_000 },
    object({ events: { type: 'array', items: ref('Event'), maxItems: 10_000 } }),
  ],
};

export const collectDescription: RouteDescription = {
  id: 'collect',
  group: 'Collecting',
  summary: 'Takes events',
  doc: 'One event, an array, `{"events": […]}` or one event a line; plain or with `Content-Encoding: gzip`, `br` or `zstd`. At most 10,000 events and 10 MiB, inflated. Each event has its own outcome; an accepted one is on disk.',
  body: {
    required: true,
    content: { 'application/json': sent, 'application/x-ndjson': lines, 'text/plain': lines },
  },
  answers: {
    202: {
      doc: 'At least one event was accepted; `results` lists every refused one.',
      content: json(ref('CollectResult')),
    },
  },
  problems: [408],
};

export const healthDescription: RouteDescription = {
  id: 'health',
  group: 'Operations',
  summary: 'The process answers',
  answers: told('It does.', ref('Health')),
};

export const readyDescription: RouteDescription = {
  id: 'ready',
  group: 'Operations',
  summary: 'The state of each part',
  answers: {
    200: {
      doc: 'Events are taken and questions answered, as far as that is its duty.',
      content: json(ref('Readiness')),
    },
    503: { doc: 'Something is missing; `parts` says what and why.', content: json(ref('Readiness')) },
  },
};

export const metricsDescription: RouteDescription = {
  id: 'metrics',
  group: 'Operations',
  summary: 'Metrics as Prometheus reads them',
  answers: { 200: { doc: 'The text format.', content: { 'text/plain': plain } } },
};

export const queueDescription: RouteDescription = {
  id: 'queue',
  group: 'Operations',
  summary: 'Waiting events, lag, the ledger',
  answers: told('The queue.', ref('QueueStatus')),
};

export const cacheDescription: RouteDescription = {
  id: 'cache',
  group: 'Operations',
  summary: 'The cache of answers: hits, misses, memory',
  answers: told('The cache.', ref('CacheStatus')),
};

const keepersOnly = 'For admin keys of the project `default`.';

export const slowQuestionsDescription: RouteDescription = {
  id: 'slowQuestions',
  group: 'Operations',
  summary: 'Questions that took a second or longer',
  doc: `The last hundred of this process, the newest first. ${keepersOnly}`,
  answers: told('The questions.', object({ data: list(ref('SlowQuestion')) })),
};

export const diskDescription: RouteDescription = {
  id: 'disk',
  group: 'Operations',
  summary: 'The disk, and when it fills',
  doc: `At the rate of the last six hours, or since the start. ${keepersOnly}`,
  answers: told('The disk.', object({ data: ref('DiskStatus') })),
};

const received = 'Of when the events were received: a date, or a time with an offset.';
const quarantineFilters: Readonly<Record<'reason' | 'from' | 'to', ParameterDescription>> = {
  reason: { doc: 'Why they are there.', schema: text },
  from: { doc: received, schema: text, example: '2026-01-31' },
  to: { doc: received, schema: text },
};
const letterId = { type: 'string', pattern: '^[0-9]{1,5}-[0-9]{1,15}$' };

export const deadLettersDescription: RouteDescription = {
  id: 'deadLetters',
  group: 'Operations',
  summary: 'Events in quarantine',
  parameters: {
    limit: { doc: '100 when absent.', schema: { type: 'integer', minimum: 1, maximum: 1_000 } },
    after: { doc: 'The `next` of the page before.', schema: { type: 'string', maxLength: 500 } },
    ...quarantineFilters,
  },
  answers: told('A page.', object({ data: list(ref('DeadLetter')), total: count, next: orNull(text) })),
};

export const deadLetterDescription: RouteDescription = {
  id: 'deadLetter',
  group: 'Operations',
  summary: 'One event in quarantine',
  parameters: { id: { doc: 'Partition and offset.', schema: letterId, example: '0-12' } },
  answers: told('The event.', object({ data: ref('DeadLetter') })),
  problems: [404],
};

/** `{"ids": […]}`, or `{"all": true}` with filters. */
const selection: Schema = {
  type: 'object',
  properties: {
    ids: { type: 'array', items: letterId, minItems: 1, maxItems: 1_000 },
    all: { const: true },
    reason: text,
    from: { type: 'string' },
    to: { type: 'string' },
  },
  additionalProperties: false,
  oneOf: [
    { required: ['ids'], not: { required: ['all'] } },
    { required: ['all'], not: { required: ['ids'] } },
  ],
};

const orderDescription = (id: string, summary: string, report: Schema): RouteDescription => ({
  id,
  group: 'Operations',
  summary,
  body: { content: json(selection), required: true },
  answers: told('What was done.', object({ data: report })),
  problems: [409],
});

export const replayDescription = orderDescription(
  'replayDeadLetters',
  'Tries them again',
  ref('ReplayReport'),
);
export const discardDescription = orderDescription(
  'discardDeadLetters',
  'Gives them up',
  object({ discarded: count, tooYoung: count }),
);

export const doctorDescription: RouteDescription = {
  id: 'doctor',
  group: 'Operations',
  summary: 'Every check, with what to do',
  doc: 'For admin keys of the project `default`, as all that follows in this group.',
  answers: told('The report.', ref('DoctorReport')),
  problems: [409],
};

const days: Schema = {
  type: 'object',
  properties: {
    days: { type: 'array', items: { type: 'string', format: 'date' }, minItems: 1, maxItems: 10_000 },
  },
  additionalProperties: false,
};

const upkeep = (id: string, summary: string, body: Schema | undefined, data: Schema): RouteDescription => ({
  id,
  group: 'Operations',
  summary,
  ...(body !== undefined && { body: { content: json(body), required: false } }),
  answers: told('What was done.', object({ data })),
  problems: [409],
});

export const verifyDescription = upkeep(
  'verifyRollups',
  'Compares rollups with rows, for these days or all',
  days,
  object({ differences: list(object({ project: text, day: text, detail: text })), total: count }),
);
export const rebuildDescription = upkeep(
  'rebuildRollups',
  'Makes rollups anew from rows, for these days or all',
  days,
  object({ days: count }),
);
export const backfillDescription = upkeep(
  'backfill',
  'Fills fields from properties where they are absent: one step, to be gone on with after its `next`',
  {
    type: 'object',
    properties: {
      fields: {
        type: 'object',
        additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 10 },
        minProperties: 1,
        description: 'The paths that may hold each field; the first text that fits counts.',
      },
      project: { type: 'string' },
      after: { type: 'string', description: 'The `next` of the step before.' },
      dryRun: { type: 'boolean', default: false },
    },
    required: ['fields'],
    additionalProperties: false,
  },
  object({ events: count, stepsLeft: count }, { days: list(text), next: text }),
);
export const retentionDescription = upkeep(
  'expire',
  'Removes what is past MILLRACE_RETENTION_DAYS now',
  undefined,
  object({ expired: count, before: text }),
);
const task = (unsaid: boolean): Schema => ({ type: 'boolean', default: unsaid });
export const upkeepDescription = upkeep(
  'upkeep',
  'What keeps the store in shape',
  {
    type: 'object',
    properties: {
      createPartitions: task(true),
      refreshViews: task(true),
      analyze: task(true),
      vacuum: task(false),
    },
    additionalProperties: false,
  },
  { anyOf: [ref('MaintenanceReport'), { type: 'null' }] },
);

export const backupDescription: RouteDescription = {
  id: 'backup',
  group: 'Operations',
  summary: 'Everything as a tar archive',
  doc: 'Its `manifest.json` comes last: an archive without one is not whole.',
  answers: {
    200: { doc: 'The archive.', content: { 'application/x-tar': { type: 'string', format: 'binary' } } },
  },
  problems: [409],
};

const projectId: ParameterDescription = { doc: 'Of the project.', schema: text, example: 'shop' };
const keyId: ParameterDescription = { doc: 'Of the key.', schema: text };
const ofHouse = (
  description: Omit<RouteDescription, 'group' | 'answers'>,
  status: number,
  doc: string,
  schema: Schema,
): RouteDescription => ({
  group: 'Projects and keys',
  ...description,
  answers: { [status]: { doc, content: json(object({ data: schema })) } },
});
const nameText: Schema = { type: 'string', minLength: 1, maxLength: 100 };

export const houseDescriptions = {
  projects: ofHouse(
    { id: 'projects', summary: 'Lists projects' },
    200,
    'The projects.',
    list(ref('Project')),
  ),
  createProject: ofHouse(
    {
      id: 'createProject',
      summary: 'Makes a project',
      body: {
        required: true,
        content: json({
          type: 'object',
          properties: { id: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }, name: nameText },
          required: ['id'],
          additionalProperties: false,
        }),
      },
      problems: [409],
    },
    201,
    'The project.',
    ref('Project'),
  ),
  deleteProject: ofHouse(
    {
      id: 'deleteProject',
      summary: 'Ends a project: its keys at once, its events behind',
      parameters: { id: projectId },
      problems: [404, 409],
    },
    202,
    'It is being deleted.',
    object({ id: text, status: { const: 'deleting' } }),
  ),
  keys: ofHouse(
    {
      id: 'keys',
      summary: 'Lists keys, without their secrets',
      parameters: { project: { doc: 'Of this project alone.', schema: text } },
    },
    200,
    'The keys.',
    list(ref('Key')),
  ),
  createKey: ofHouse(
    {
      id: 'createKey',
      summary: 'Makes a key',
      body: {
        required: true,
        content: json({
          type: 'object',
          properties: {
            project: text,
            scope: oneOf('write', 'read', 'admin'),
            name: nameText,
            origins: { type: 'array', items: text, maxItems: 50 },
            limits: {
              ...ref('KeyLimits'),
              description: 'For admin keys of `default`: what its questions may cost.',
            },
          },
          required: ['scope'],
          additionalProperties: false,
        }),
      },
      problems: [404, 409],
    },
    201,
    'The key; the only time that it is said.',
    ref('MadeKey'),
  ),
  revokeKey: ofHouse(
    { id: 'revokeKey', summary: 'Ends a key', parameters: { id: keyId }, problems: [404, 409] },
    200,
    'The key as it is now.',
    ref('Key'),
  ),
  rotateKey: ofHouse(
    {
      id: 'rotateKey',
      summary: 'Makes a new key in place of one',
      parameters: { id: keyId },
      problems: [404, 409],
    },
    201,
    'The new key; the only time that it is said.',
    ref('MadeKey'),
  ),
} as const;
