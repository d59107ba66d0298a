/** What the routes of streams say of themselves. */
import { common, exact } from '../../query/shortcut-parameters.ts';
import {
  json,
  object,
  type ParameterDescription,
  type RouteDescription,
  type Schema,
  text,
  time,
} from './describe.ts';
import { described, planInAddress } from './question-descriptions.ts';

const frames: Schema = {
  type: 'string',
  description:
    'Server-sent events: one `data:` line with the answer at once, then when it is another; a comment every 15 s.',
};
const { from, to, timeZone, bots } = common;

const ofStream: Readonly<Record<string, ParameterDescription>> = {
  ticket: { doc: 'In place of a key: EventSource sends no headers.', schema: text },
  lastEventId: { doc: 'As the header `Last-Event-ID`.', schema: { type: 'string', maxLength: 100 } },
  'Last-Event-ID': {
    in: 'header',
    doc: 'The `id:` of the answer that you have: it is not told again.',
    schema: { type: 'string', maxLength: 100 },
  },
};

const stream = (
  id: string,
  summary: string,
  parameters: RouteDescription['parameters'],
): RouteDescription => ({
  id,
  group: 'Streams',
  summary,
  parameters: { ...parameters, ...ofStream },
  answers: { 200: { doc: 'The stream.', content: { 'text/event-stream': frames } } },
  problems: [422],
});

export const summaryStreamDescription = (id: string): RouteDescription =>
  stream(id, 'The summary, again whenever it changes', described({ from, to, bots, timeZone, exact }));

export const planStreamDescription = stream('stream', 'Any answer, again whenever it changes', {
  plan: { ...planInAddress, doc: 'The plan as JSON; not with a ticket that has one.' },
});

export const ticketDescription: RouteDescription = {
  id: 'streamTicket',
  group: 'Streams',
  summary: 'A ticket for one stream, good for 60 s and once',
  body: { required: false, content: json(object({}, { plan: { $ref: '#/components/schemas/Plan' } })) },
  answers: {
    201: { doc: 'The ticket.', content: json(object({ data: object({ ticket: text, expiresAt: time }) })) },
  },
};
