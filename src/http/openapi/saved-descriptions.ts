/** What the routes of saved things say of themselves, and what each kind holds. */
import type { SavedKind } from '../../catalog/saved.ts';
import {
  type AnswerDescription,
  count,
  json,
  list,
  named,
  number,
  object,
  oneOf,
  orNull,
  type ParameterDescription,
  type RouteDescription,
  ref,
  type Schema,
  text,
  time,
} from './describe.ts';
import { answer, notModified } from './question-descriptions.ts';

const word: Schema = { type: 'string', maxLength: 1_000 };
const filled: Schema = { type: 'string', minLength: 1, maxLength: 1_000 };
const view: Schema = { type: 'object', description: 'How it is drawn: its client knows.' };
const description = word;
const when = ref('Plan.time');
const filter = ref('Plan.filter');
const grid = (minimum: number): Schema => ({ type: 'integer', minimum, maximum: 10_000 });

/** The body of each kind. */
const bodies: Readonly<Record<SavedKind, Schema>> = {
  question: object({ plan: ref('Plan') }, { view, description }),
  dashboard: object(
    {
      tiles: {
        type: 'array',
        maxItems: 100,
        items: {
          ...object(
            { layout: object({ x: grid(0), y: grid(0), width: grid(1), height: grid(1) }) },
            { question: filled, plan: ref('Plan'), text: word, title: word, view },
          ),
          oneOf: ['question', 'plan', 'text'].map((name) => ({ required: [name] })),
        },
      },
    },
    { view, description },
  ),
  experiment: object(
    {
      experimentId: filled,
      variants: {
        type: 'array',
        minItems: 2,
        items: object({ key: filled }, { name: word, weight: { ...number, exclusiveMinimum: 0 } }),
      },
    },
    {
      hypothesis: word,
      control: filled,
      goals: { type: 'array', items: filled, minItems: 1 },
      start: when,
      end: when,
      status: oneOf('draft', 'running', 'ended'),
      description,
    },
  ),
  segment: object({ filter }, { description }),
  cohort: object(
    { filter },
    {
      atLeast: { type: 'integer', minimum: 1 },
      days: { type: 'integer', minimum: 1 },
      from: when,
      to: when,
      bots: oneOf('exclude', 'include', 'only'),
      description,
    },
  ),
  goal: object(
    { filter },
    {
      value: { anyOf: [number, object({ of: filled }, { currency: { type: 'string' } })] },
      description,
    },
  ),
  annotation: object({ at: when, text: filled }, { until: when }),
};

const titleOf = (kind: SavedKind): string => `${kind[0]!.toUpperCase()}${kind.slice(1)}`;

export const savedSchemas: Readonly<Record<string, Schema>> = Object.fromEntries(
  (Object.keys(bodies) as SavedKind[]).flatMap((kind) => [
    [`${titleOf(kind)}Body`, bodies[kind]],
    [
      `Saved${titleOf(kind)}`,
      object({
        id: text,
        kind: { const: kind },
        name: text,
        version: { type: 'integer', minimum: 1 },
        createdAt: time,
        updatedAt: time,
        by: { ...text, description: 'The id of the key that changed it last.' },
        body: ref(`${titleOf(kind)}Body`),
      }),
    ],
  ]),
);

const id: ParameterDescription = {
  doc: 'Of the thing: lower-case letters, digits and hyphens.',
  schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,62}$' },
};
const ifMatch: ParameterDescription = {
  in: 'header',
  doc: 'The `ETag` that it must have, or `*`; else the answer is 412.',
  schema: { type: 'string', pattern: '^(\\*|"[0-9]{1,15}")$' },
  example: '"3"',
};

const events: ParameterDescription = {
  doc: '`true`: its stored events (those with its `experimentId`) go with it, for good. Only an admin may.',
  schema: oneOf('true', 'false'),
};

/** By what is done. */
export function savedDescriptions(kind: SavedKind) {
  const title = titleOf(kind);
  const shown = (doc: string): AnswerDescription => ({
    doc,
    content: json(object({ data: ref(`Saved${title}`) })),
    headers: { ETag: 'The version; for `If-Match`.' },
  });
  const name: Schema = { type: 'string', minLength: 1, maxLength: 100 };
  const body = ref(`${title}Body`);
  const group = 'Saved things';
  return {
    list: {
      id: `saved${title}s`,
      group,
      summary: `Lists saved ${kind}s`,
      parameters: {
        limit: { doc: '100 when absent.', schema: { type: 'integer', minimum: 1, maximum: 200 } },
        after: { doc: 'The `next` of the page before.', schema: text },
      },
      answers: {
        200: {
          doc: 'A page.',
          content: json(object({ data: list(ref(`Saved${title}`)), next: orNull(text) })),
        },
      },
    },
    create: {
      id: `create${title}`,
      group,
      summary: `Saves a ${kind}`,
      doc: 'Without an `id` one is made of the name.',
      body: { required: true, content: json(object({ name, body }, { id: id.schema })) },
      answers: { 201: shown('It is saved.') },
      problems: [404, 409],
    },
    get: {
      id: `saved${title}`,
      group,
      summary: `One saved ${kind}`,
      parameters: { id },
      answers: { 200: shown('It.'), 304: { doc: 'It has the version that `If-None-Match` names.' } },
      problems: [404],
    },
    put: {
      id: `put${title}`,
      group,
      summary: `Makes or changes a saved ${kind}`,
      parameters: { id, 'If-Match': ifMatch },
      body: { required: true, content: json(object({ name, body })) },
      answers: { 200: shown('It was changed.'), 201: shown('It was made.') },
      problems: [404, 409, 412],
    },
    remove: {
      id: `delete${title}`,
      group,
      summary: `Ends a saved ${kind}`,
      parameters: { id, 'If-Match': ifMatch, ...(kind === 'experiment' && { events }) },
      answers: {
        200: {
          doc: 'It is gone.',
          content: json(
            object({
              data: object(
                { kind: { const: kind }, id: text, status: { const: 'deleted' } },
                kind === 'experiment' ? { events: named(count, 'How many events went with it.') } : {},
              ),
            }),
          ),
        },
      },
      problems: [404, 409, 412],
    },
  } as const satisfies Readonly<Record<string, RouteDescription>>;
}

export const savedAnswerDescription: RouteDescription = {
  id: 'questionAnswer',
  group: 'Saved things',
  summary: 'The answer of a saved question',
  parameters: { id },
  doc: 'As `POST /api/v1/query` gives it.',
  answers: { 200: answer(ref('Answer')), 304: notModified },
  problems: [404, 406, 409, 422],
};
