/**
 * The API's description, OpenAPI 3.1, out of the routes themselves: what each says of itself, and what all of a kind have in common (keys,
 * refusals, headers). A route that is not described is not part of the API, such as the files of a page.
 */
import { catalogue } from '../../errors.ts';
import { eventSchema } from '../../event/event-schema.ts';
import { planDefinitions, planSchema } from '../../plan/schema.ts';
import type { Route } from '../route.ts';
import { answerSchemas } from './answer-schemas.ts';
import {
  type AnswerDescription,
  list,
  object,
  type ParameterDescription,
  ref,
  type Schema,
  text,
} from './describe.ts';
import { houseSchemas } from './house-schemas.ts';
import { peopleSchemas } from './people-descriptions.ts';
import { savedSchemas } from './saved-descriptions.ts';
import { shareSchemas } from './share-descriptions.ts';

export type DescribedRoute = Pick<
  Route,
  'method' | 'path' | 'scope' | 'streams' | 'describe' | 'deprecated' | 'tickets'
>;

type Json = Readonly<Record<string, unknown>>;

const planPrefix = 'Plan.';

/** Of the API: what is added makes no other. */
const version = '1';

export function apiDocument(routes: readonly DescribedRoute[]): Json {
  const described = routes.filter((route) => route.describe !== undefined);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of described) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Millrace',
      version,
      description:
        'Event analytics: events in, answers out. Every error is a problem document (RFC 9457) with a stable `code`. Times are ISO 8601 in UTC in answers. Wherever GET is taken HEAD is too, but for streams and exports.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(described.map(({ describe }) => describe!.group))].map((name) => ({ name })),
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of the project: `Authorization: Bearer KEY`.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'millrace_session',
          description:
            'Of somebody who is signed in; behind TLS its name begins with `__Host-`. `X-Millrace-Project` names the project, or `?project=` with GET.',
        },
        ticket: {
          type: 'apiKey',
          in: 'query',
          name: 'ticket',
          description: 'Of `/api/v1/stream-tickets`, for a stream.',
        },
        keyInAddress: {
          type: 'apiKey',
          in: 'query',
          name: 'key',
          description: 'Write keys on `/api/collect` alone, for beacons.',
        },
      },
      headers: {
        'X-Request-Id': { description: 'Names the request in what the server prints.', schema: text },
      },
      responses: { Problem: problemAnswer('What went wrong; `code` says it to programs.') },
      schemas: {
        Event: eventSchema,
        ...planSchemas(),
        ...answerSchemas,
        ...houseSchemas,
        ...savedSchemas,
        ...shareSchemas,
        ...peopleSchemas,
        Problem: problemSchema,
      },
    },
  };
}

function operationOf({ path, scope, describe, deprecated, tickets }: DescribedRoute): Json {
  const { id, group, summary, doc, parameters = {}, body, answers } = describe!;
  const inPath = new Set([...path.matchAll(/:(\w+)/g)].map((match) => match[1]!));
  const all = Object.entries(parameters).map(([name, parameter]) =>
    parameterOf(name, parameter, inPath.has(name)),
  );
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(doc !== undefined && { description: doc }),
    ...(deprecated !== undefined && { deprecated: true }),
    ...(scope === 'open' ? { security: [] } : { 'x-scope': scope }),
    ...(scope === 'session' && { security: [{ session: [] }] }),
    ...(scope === 'write' && { security: [{ key: [] }, { keyInAddress: [] }] }),
    ...(tickets && { security: [{ key: [] }, { session: [] }, { ticket: [] }] }),
    ...(all.length > 0 && { parameters: all }),
    ...(body !== undefined && {
      requestBody: { required: body.required, content: contentOf(body.content) },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
      ...Object.fromEntries(
        refusalsOf(scope, describe!)
          .filter((status) => !(status in answers))
          .map((status) => [status, { $ref: '#/components/responses/Problem' }]),
      ),
    },
  };
}

function parameterOf(
  name: string,
  { doc, schema, required, example, in: where }: ParameterDescription,
  inPath: boolean,
): Json {
  return {
    name,
    in: where ?? (inPath ? 'path' : 'query'),
    ...((inPath || required) && { required: true }),
    description: doc,
    schema,
    ...(example !== undefined && { example }),
  };
}

function answerOf({ doc, content, headers = {} }: AnswerDescription): Json {
  const own = Object.entries(headers).map(([name, description]) => [name, { description, schema: text }]);
  return {
    description: doc,
    headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' }, ...Object.fromEntries(own) },
    ...(content !== undefined && { content: contentOf(content) }),
  };
}

const contentOf = (content: Readonly<Record<string, Schema>>): Json =>
  Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }]));

/** Unknown parameters and malformed bodies, keys, rates; the server's own trouble. */
function refusalsOf(
  scope: Route['scope'],
  { body, problems = [] }: NonNullable<Route['describe']>,
): readonly number[] {
  const all = [
    400,
    431,
    ...(scope === 'open' ? [] : [401, 403, 429]),
    ...(body === undefined ? [] : [413, 415]),
    ...problems,
    500,
    503,
  ];
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Definitions of the plan language, among the other schemas. */
function planSchemas(): Readonly<Record<string, Schema>> {
  const definitions = planDefinitions(`#/components/schemas/${planPrefix}`);
  const kinds = (planSchema.oneOf as readonly { readonly $ref: string }[]).map(({ $ref }) =>
    ref($ref.replace('#/$defs/', planPrefix)),
  );
  return {
    Plan: { description: 'A question.', oneOf: kinds },
    ...Object.fromEntries(
      Object.entries(definitions).map(([name, schema]) => [`${planPrefix}${name}`, schema]),
    ),
  };
}

const problemAnswer = (doc: string): Json => ({
  description: doc,
  headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } },
  content: { 'application/problem+json': { schema: ref('Problem') } },
});

/** RFC 9457; beside these it has what the error knows, such as `pointer`. */
const problemSchema: Schema = {
  ...object(
    {
      type: text,
      title: text,
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: text,
      instance: text,
      code: { type: 'string', enum: Object.keys(catalogue) },
      requestId: text,
    },
    {
      pointer: {
        type: 'string',
        description: 'JSON Pointer of the member, or `/` and the parameter, that is wrong.',
      },
      accepted: { type: 'integer', minimum: 0 },
      rejected: { type: 'integer', minimum: 0 },
      results: list(ref('CollectOutcome')),
    },
  ),
  additionalProperties: true,
};
