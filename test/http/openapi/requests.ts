/**
 * Requests made of nothing but the API's description: what its schemas say, and the same with something broken. Values that only a running
 * server knows (ids, times about its data) are mixed in where their names say what they are.
 */
import fc from 'fast-check';
import type { Described, Json, Operation } from './described.ts';

export interface Request {
  readonly operation: Operation;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly body: string | undefined;
}

const depthMax = 4;

/** Values that a schema of text leaves open, by the member's name. */
const wellKnown: Readonly<Record<string, readonly string[]>> = {
  from: ['2026-01-01', '2026-01-01T00:00:00Z', '1767225600000', '1900-01-01'],
  to: ['2026-02-01', '2027-01-01T12:00:00+02:00'],
  timeZone: ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'],
  by: ['country', 'type', 'properties.plan', 'path', 'country,type'],
  field: ['country', 'path', 'properties.cart.size'],
  filter: ['country==DE', 'amount>=10;userId?', '!userId?', 'title~"x;y"'],
  steps: ['pageview,signup', 'pageview,type==purchase;amount>=1,signup'],
  metrics: ['events', 'users,amount', 'p95(properties.load)', 'sum(amount EUR),sessions'],
  compare: ['previous', 'year', '2025-01-01..2025-02-01'],
  person: ['user-1', 'visitor-3'],
  plan: ['{"kind":"summary","range":"7d"}', '{"kind":"trend","range":"30d","interval":"day","by":"country"}'],
  id: ['0-1', 'default', 'pricing'],
  after: ['event-3'],
  timestamp: ['2026-01-31T12:00:00Z'],
};

/** What breaks a value: of another type, of another length, of another world. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1e308,
    0.5,
    '',
    ' ',
    '\u0000',
    '\ud800',
    "'; DROP TABLE events; --",
    '%00',
    '../../etc/passwd',
    '__proto__',
    'constructor',
    '{"$gt":""}',
    [],
    {},
    [[[]]],
    'x'.repeat(2_000),
    '9'.repeat(400),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
);

export class RequestMaker {
  readonly #described: Described;

  constructor(described: Described) {
    this.#described = described;
  }

  /** Of any operation, whole or broken. */
  any(operations: readonly Operation[]): fc.Arbitrary<Request> {
    return fc.oneof(...operations.map((operation) => this.#of(operation)));
  }

  #of(operation: Operation): fc.Arbitrary<Request> {
    const isBroken = fc.integer({ min: 0, max: 3 }).map((dice) => dice === 0);
    return isBroken
      .chain((broken) =>
        fc.record({
          operation: fc.constant(operation),
          values: fc.tuple(...operation.parameters.map((each) => this.#parameter(each, broken))),
          extra: broken ? fc.option(fc.tuple(fc.string(), fc.string())) : fc.constant(null),
          accept: this.#accept(operation),
          body: this.#body(operation, broken),
        }),
      )
      .map(({ values, extra, accept, body, ...rest }) => {
        const given = operation.parameters.map((each, i) => ({
          ...each,
          value: values[i] as string | undefined,
        }));
        const of = (where: string) =>
          given.flatMap((each) =>
            each.in === where && each.value !== undefined ? [[each.name, each.value] as const] : [],
          );
        return {
          ...rest,
          path: of('path').reduce(
            (path, [name, value]) =>
              path.replace(`{${name}}`, encodeURIComponent(value.toWellFormed()) || '-'),
            operation.path,
          ),
          query: [...of('query'), ...(extra === null ? [] : [extra as readonly [string, string]])],
          headers: {
            ...(accept !== undefined && { accept }),
            ...Object.fromEntries(
              of('header').map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '')]),
            ),
          },
          ...body,
        };
      });
  }

  /** Its text, or undefined: it is left out. */
  #parameter(
    { name, in: where, required, schema, example }: Operation['parameters'][number],
    broken: boolean,
  ): fc.Arbitrary<string | undefined> {
    const right = fc
      .oneof(
        { weight: 2, arbitrary: this.of(schema, name, 0) },
        ...(example === undefined ? [] : [{ weight: 2, arbitrary: fc.constant<unknown>(example) }]),
      )
      .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
    const wrong = junk.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
    const one = broken ? fc.oneof(right, wrong) : right;
    if (where === 'path' || (required && !broken)) return one;
    return fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });
  }

  #accept({ responses }: Operation): fc.Arbitrary<string | undefined> {
    const types = Object.values(responses).flatMap((answer) =>
      Object.keys((this.#described.resolved(answer).content as object | undefined) ?? {}),
    );
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.constantFrom(...types, '*/*', 'text/*;q=0.5, */*;q=0.1') },
      { weight: 1, arbitrary: fc.constantFrom('image/png', ';;,', 'application/json;q=0') },
    );
  }

  #body({ body }: Operation, broken: boolean): fc.Arbitrary<Pick<Request, 'contentType' | 'body'>> {
    if (body === undefined) return fc.constant({ contentType: undefined, body: undefined });
    const kinds = Object.entries(body.content).map(([contentType, { schema }]) => {
      const value = this.of(schema, 'body', 0);
      const text = contentType.endsWith('/json')
        ? value.map((each) => JSON.stringify(each))
        : value.map(String);
      return text.map((each) => ({ contentType, body: each }));
    });
    if (!broken) return fc.oneof(...kinds);
    const spoiled = fc
      .tuple(fc.oneof(...kinds), junk, fc.nat())
      .map(([{ contentType, body: text }, bad, at]) => ({ contentType, body: spoil(text, bad, at) }));
    const other = fc.record({
      contentType: fc.constantFrom('application/json', 'text/plain', 'application/xml', ''),
      body: fc.oneof(
        junk.map((value) => JSON.stringify(value)),
        fc.string({ unit: 'binary' }),
      ),
    });
    return fc.oneof(spoiled, other, fc.constant({ contentType: undefined, body: undefined }));
  }

  /** Values that the schema allows, as far as it can be followed. */
  of(schema: Json, name: string, depth: number): fc.Arbitrary<unknown> {
    const at = this.#described.resolved(schema);
    if (at !== schema) return this.of(at, name, depth);
    if (at.const !== undefined) return fc.constant(at.const);
    if (at.enum !== undefined) return fc.constantFrom(...(at.enum as unknown[]));
    const choices = (at.oneOf ?? at.anyOf) as readonly Json[] | undefined;
    if (choices !== undefined && at.properties === undefined) return this.#choice(choices, name, depth);
    const type = Array.isArray(at.type) ? (at.type as string[])[0] : at.type;
    switch (type) {
      case 'object':
        return this.#nearExamples(at, depth);
      case 'array':
        return this.#array(at, name, depth);
      case 'integer': {
        const [min, max] = boundsOf(at);
        return fc.integer({ min: Math.max(min, -2e9), max: Math.min(max, 2e9) });
      }
      case 'number': {
        const [min, max] = boundsOf(at);
        return fc.double({ min, max, noNaN: true });
      }
      case 'boolean':
        return fc.boolean();
      default:
        return this.#text(at, name);
    }
  }

  /** Deep inside the choices that end soonest: the last ones, which are comparisons and plain values. */
  #choice(choices: readonly Json[], name: string, depth: number): fc.Arbitrary<unknown> {
    const left = depth >= depthMax ? choices.slice(-1) : choices;
    return fc.integer({ min: 0, max: left.length - 1 }).chain((i) => this.of(left[i]!, name, depth + 1));
  }

  /** What members may stand together is more than can be followed here: an example, or one with some members changed, mostly is right. */
  #nearExamples(schema: Json, depth: number): fc.Arbitrary<unknown> {
    const examples = (schema.examples ?? []) as readonly Json[];
    if (examples.length === 0) return this.#object(schema, depth);
    const names = Object.keys((schema.properties ?? {}) as Json).filter(
      (name) => !/^(from|to|range)$/.test(name),
    );
    const changes = fc.subarray(names, { maxLength: 3 }).chain((chosen) => {
      const properties = Object.fromEntries(chosen.map((name) => [name, (schema.properties as Json)[name]]));
      return this.#object({ properties, required: chosen }, depth);
    });
    const changed = fc
      .tuple(fc.constantFrom(...examples), changes)
      .map(([example, change]) => ({ ...example, ...(change as Json) }) as unknown);
    return fc.oneof(fc.constantFrom<unknown>(...examples), changed, this.#object(schema, depth));
  }

  #object(schema: Json, depth: number): fc.Arbitrary<unknown> {
    const required = (schema.required ?? []) as readonly string[];
    const entries = Object.entries((schema.properties ?? {}) as Readonly<Record<string, Json>>);
    const members = entries.map(([name, member]) =>
      fc.tuple(
        fc.constant(name),
        required.includes(name)
          ? this.#lazily(member, name, depth)
          : fc
              .boolean()
              .chain((isThere) =>
                isThere && depth < depthMax && entries.length < 40
                  ? this.#lazily(member, name, depth)
                  : fc.constant(undefined),
              ),
      ),
    );
    return fc
      .tuple(...members)
      .map((all) => Object.fromEntries(all.filter(([, value]) => value !== undefined)) as unknown);
  }

  #lazily = (schema: Json, name: string, depth: number): fc.Arbitrary<unknown> =>
    fc.constant(undefined).chain(() => this.of(schema, name, depth + 1));

  #array(schema: Json, name: string, depth: number): fc.Arbitrary<unknown> {
    const minLength = (schema.minItems as number) ?? 0;
    const maxLength = Math.min((schema.maxItems as number) ?? 4, Math.max(minLength, 4));
    return fc.array(this.#lazily((schema.items ?? {}) as Json, name, depth), { minLength, maxLength });
  }

  #text({ pattern, maxLength, minLength }: Json, name: string): fc.Arbitrary<unknown> {
    const known = wellKnown[name];
    if (known !== undefined && pattern === undefined) return fc.constantFrom(...known);
    if (typeof pattern === 'string' && pattern.length < 100)
      return fc.stringMatching(new RegExp(pattern, 'u'), { size: '-1' });
    if (known !== undefined) return fc.constantFrom(...known);
    return fc.string({
      minLength: (minLength as number) ?? 0,
      maxLength: Math.min((maxLength as number) ?? 20, 20),
    });
  }
}

/** Where the schema has none, some that are not far from those that it has. */
function boundsOf({ minimum, maximum }: Json): readonly [min: number, max: number] {
  const min = (minimum as number | undefined) ?? Math.min(-1_000, (maximum as number | undefined) ?? 0);
  return [min, (maximum as number | undefined) ?? Math.max(min, 0) * 2 + 1_000];
}

/** One value of the JSON, or a piece of its text, is another. */
function spoil(text: string, bad: unknown, at: number): string {
  const values = [...text.matchAll(/"[^"]*"|\d+|true|false|null/g)];
  const chosen = values[at % Math.max(values.length, 1)];
  if (chosen === undefined) return text.slice(0, at % (text.length + 1));
  const end = chosen.index + chosen[0].length;
  return text.slice(0, chosen.index) + (JSON.stringify(bad) ?? '') + text.slice(end);
}
