/**
 * What a route says of itself for the API's description, and the small words that schemas of answers are written in. Schemas are JSON
 * Schema 2020-12, as OpenAPI 3.1 takes them. Objects of answers are closed: what is not described is not sent.
 */

export type Schema = Readonly<Record<string, unknown>>;
type Members = Readonly<Record<string, Schema>>;

export interface ParameterDescription {
  /** Absent: in the query, or the path when that names it. */
  readonly in?: 'header';
  readonly doc: string;
  readonly schema: Schema;
  readonly required?: true;
  readonly example?: string;
}

/** The body of a request or an answer: a schema by content type. */
export type Content = Readonly<Record<string, Schema>>;

export interface AnswerDescription {
  readonly doc: string;
  /** Absent: no body. */
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteDescription {
  /** Its name in generated clients. */
  readonly id: string;
  readonly group:
    | 'Collecting'
    | 'Questions'
    | 'Streams'
    | 'Saved things'
    | 'Shared dashboards'
    | 'Operations'
    | 'Projects and keys'
    | 'People and sign-in';
  readonly summary: string;
  readonly doc?: string;
  /** Of the path and the query, by name. */
  readonly parameters?: Readonly<Record<string, ParameterDescription>>;
  readonly body?: { readonly content: Content; readonly required: boolean };
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Refusals beyond those that every route of its kind has: see document.ts. */
  readonly problems?: readonly number[];
}

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const json = (schema: Schema): Content => ({ 'application/json': schema });

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const number: Schema = { type: 'number' };
/** Of something: 0 and up. */
export const count: Schema = { type: 'integer', minimum: 0 };
export const time: Schema = { type: 'string', format: 'date-time', description: 'ISO 8601 in UTC.' };
/** Exact decimal text. */
export const decimal: Schema = { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' };
export const scalar: Schema = { type: ['string', 'number', 'boolean', 'null'] };

export const named = (schema: Schema, description: string): Schema => ({ ...schema, description });
export const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
/** The schema, or null. */
export const orNull = (schema: Schema): Schema =>
  typeof schema.type === 'string' && schema.enum === undefined
    ? { ...schema, type: [schema.type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] };

/** An object of these members and no others. */
export const object = (required: Members, optional: Members = {}): Schema => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
});
