/** What the routes of shared dashboards say of themselves. */
import {
  flag,
  json,
  list,
  named,
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

type Members = Readonly<Record<string, Schema>>;

const closed = (properties: Members, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const date: Schema = { type: 'string', format: 'date' };
const rangeName = oneOf(...['today', 'yesterday', '7d', '30d', '90d', '12mo', 'mtd', 'qtd', 'ytd', 'all']);
const number: Schema = { type: 'integer', minimum: 0, maximum: 99 };

const share = {
  id: text,
  dashboard: text,
  name: orNull(text),
  hasPassword: flag,
  canEmbed: named(flag, 'Whether pages of others may show it in a frame.'),
  createdAt: time,
  expiresAt: orNull(time),
  by: text,
};

export const shareSchemas: Members = {
  Share: object(share),
  NewShare: object({ ...share, path: named(text, 'Behind the address of the server. Said this once.') }),
  SharedBoard: object({
    name: text,
    description: orNull(text),
    scope: object({}, { range: rangeName, from: date, to: date, timeZone: text }),
    version: { type: 'integer', minimum: 1 },
    tiles: list(
      object(
        {
          tile: named(number, 'What it is asked by.'),
          title: orNull(text),
          layout: { type: 'object' },
          view: { type: ['object', 'null'] },
        },
        { text, problem: oneOf('question_gone', 'not_shared') },
      ),
    ),
  }),
  SharedAnswer: object({
    plan: named({ type: 'object' }, 'What was asked, without its filter.'),
    answer: ref('Answer'),
  }),
};

const id: ParameterDescription = {
  doc: 'Of the dashboard.',
  schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,62}$' },
};
const token: ParameterDescription = { doc: 'The last part of the link.', schema: text };
const pass: ParameterDescription = {
  in: 'header',
  doc: 'Where the link has a password: what `POST …/pass` gave.',
  schema: text,
};

const ofShares = (
  description: Omit<RouteDescription, 'group' | 'answers'>,
  status: number,
  doc: string,
  schema: Schema,
): RouteDescription => ({
  group: 'Shared dashboards',
  ...description,
  answers: { [status]: { doc, content: json(object({ data: schema })) } },
});

export const shareDescriptions = {
  list: ofShares(
    { id: 'shares', summary: 'Lists the links to a dashboard', parameters: { id } },
    200,
    'Those that were not revoked, in the order in which they were made.',
    list(ref('Share')),
  ),
  create: ofShares(
    {
      id: 'createShare',
      summary: 'Makes a link to a dashboard',
      doc: 'Who has the link sees the dashboard and the numbers on it, and nothing else: no filters of its questions, no lists of events or people.',
      parameters: { id },
      body: {
        required: false,
        content: json(
          closed({
            name: { type: 'string', minLength: 1, maxLength: 100 },
            password: { type: 'string', minLength: 8, maxLength: 200 },
            expiresAt: time,
            canEmbed: flag,
          }),
        ),
      },
      problems: [404, 409],
    },
    201,
    'The link, which is told this once.',
    ref('NewShare'),
  ),
  revoke: ofShares(
    {
      id: 'revokeShare',
      summary: 'Revokes a link to a dashboard',
      parameters: { id, share: { doc: 'The id of the link.', schema: text } },
      problems: [404],
    },
    200,
    'It opens nothing any more.',
    object({ id: text, status: { const: 'revoked' } }),
  ),
} as const;

export const sharedDescriptions = {
  board: ofShares(
    {
      id: 'sharedBoard',
      summary: 'A dashboard, for who has a link to it',
      parameters: { token, 'x-millrace-pass': pass },
      problems: [401, 404, 429],
    },
    200,
    'What is on it.',
    ref('SharedBoard'),
  ),
  pass: ofShares(
    {
      id: 'sharedPass',
      summary: 'Gives a pass for the password of a link',
      doc: 'Good for twelve hours, for this link alone. After some wrong ones there are pauses that grow to a quarter of an hour.',
      parameters: { token },
      body: {
        required: true,
        content: json(closed({ password: { type: 'string', maxLength: 1_000 } }, ['password'])),
      },
      problems: [401, 404, 429],
    },
    201,
    'The pass, for the header `x-millrace-pass`.',
    object({ pass: text, expiresAt: time }),
  ),
  answer: ofShares(
    {
      id: 'sharedAnswer',
      summary: 'The answer of one tile of a shared dashboard',
      doc: 'Asks the question that is on the board, over its own range or the one that is sent: a named one, or two dates, the second not included.',
      parameters: { token, 'x-millrace-pass': pass },
      body: {
        required: true,
        content: json(closed({ tile: number, range: rangeName, from: date, to: date }, ['tile'])),
      },
      problems: [401, 403, 404, 409, 422, 429],
    },
    200,
    'The answer.',
    ref('SharedAnswer'),
  ),
} as const;
