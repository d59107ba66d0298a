/** What the routes of questions say of themselves. */
import type { Parameter } from '../../query/shortcut-parameters.ts';
import { common, exact, filter, text } from '../../query/shortcut-parameters.ts';
import type { Shortcut } from '../../query/shortcuts.ts';
import { sheetTypes } from '../accept.ts';
import { answerOf } from './answer-schemas.ts';
import {
  type AnswerDescription,
  type Content,
  json,
  oneOf,
  type ParameterDescription,
  type RouteDescription,
  ref,
  type Schema,
} from './describe.ts';

const etag = 'Stands for the question and the data that it was answered from; weak.';
/** Over a budget; more askers than the server takes. */
const refusals = [406, 422];

export const notModified: AnswerDescription = { doc: 'The answer is the one that `If-None-Match` names.' };
const binary: Schema = { type: 'string', format: 'binary' };

const tables: Content = Object.fromEntries(
  sheetTypes.map((type) => [type, type.startsWith('text/') ? { type: 'string' } : binary]),
);

export const answer = (schema: Schema): AnswerDescription => ({
  doc: 'The answer; as a table when `Accept` prefers one.',
  content: { ...json(schema), ...tables },
  headers: { ETag: etag },
});

export const described = (
  parameters: Readonly<Record<string, Parameter>>,
): Readonly<Record<string, ParameterDescription>> =>
  Object.fromEntries(Object.entries(parameters).map(([name, { read: _, ...rest }]) => [name, rest]));

const { from, to, range, timeZone, bots } = common;
const summaryParameters = described({ from, to, bots, timeZone, exact });

export const summaryDescription = (id: string, body: string): RouteDescription => ({
  id,
  group: 'Questions',
  summary: 'Events, unique users, events by type',
  doc: 'Without `from` and `to` it is about everything.',
  parameters: summaryParameters,
  answers: {
    200: { doc: 'The summary.', content: json(ref(body)), headers: { ETag: etag } },
    304: notModified,
  },
  problems: refusals,
});

export const shortcutDescription = ({ name, kind, doc, parameters }: Shortcut): RouteDescription => ({
  id: name,
  group: 'Questions',
  summary: doc,
  doc: `The same as a plan of the kind \`${kind}\`.${'range' in parameters ? ' Without a range it is about the last 30 days.' : ''}`,
  parameters: described(parameters),
  answers: { 200: answer(answerOf([kind])), 304: notModified },
  problems: refusals,
});

const planSchema: Schema = { $ref: '#/components/schemas/Plan' };

export const planInAddress: ParameterDescription = {
  doc: 'The plan as JSON.',
  schema: { type: 'string', contentMediaType: 'application/json', contentSchema: planSchema },
  example: '{"kind":"summary","range":"7d"}',
};

export const queryDescription: RouteDescription = {
  id: 'query',
  group: 'Questions',
  summary: 'Any question',
  doc: 'The plan language is described at `/api/v1/plan.schema.json`. A range of plans is half-open: `from` is in it, `to` is not.',
  body: { content: json(planSchema), required: true },
  answers: { 200: answer(ref('Answer')) },
  problems: refusals,
};

export const queryInAddressDescription: RouteDescription = {
  id: 'queryInAddress',
  group: 'Questions',
  summary: 'Any question, in an address',
  doc: 'As `POST`; the answer can be kept and asked for again with `If-None-Match`.',
  parameters: {
    plan: { ...planInAddress, required: true },
  },
  answers: { 200: answer(ref('Answer')), 304: notModified },
  problems: refusals,
};

export const exportDescription: RouteDescription = {
  id: 'exportEvents',
  group: 'Questions',
  summary: 'The events themselves, all of them, oldest first',
  doc: 'A stream; one that breaks off has no end and goes on with `after`. Without `from` and `to` it is about everything.',
  parameters: {
    ...described({ from, to, range, bots, timeZone }),
    format: {
      doc: 'The form; what `Accept` prefers, else `ndjson`, when absent.',
      schema: oneOf('ndjson', 'csv', 'parquet', 'arrow'),
    },
    filter: described({ filter: filter(common.filter.doc, 'type==purchase') }).filter!,
    after: described({
      after: text('The `eventId` of the last event that you have; not with Parquet and Arrow.'),
    }).after!,
  },
  answers: { 200: { doc: 'The events.', content: tables } },
  problems: [406, 422],
};

export const planSchemaDescription: RouteDescription = {
  id: 'planSchema',
  group: 'Questions',
  summary: 'The plan language as a JSON Schema',
  answers: {
    200: { doc: 'JSON Schema 2020-12.', content: { 'application/schema+json': { type: 'object' } } },
  },
};
