/** A server's description of its API, read as a test needs it: operations, and whether an answer is what was promised. */
import assert from 'node:assert/strict';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';

export type Json = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly schema: Json;
  readonly example?: string;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly scope: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly body:
    | { readonly required: boolean; readonly content: Readonly<Record<string, { schema: Json }>> }
    | undefined;
  readonly responses: Readonly<Record<string, Json>>;
}

export interface Document extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> } & Json;
}

const formats = {
  'date-time': /^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  date: /^\d{4}-\d\d-\d\d$/,
  binary: true,
} as const;

export class Described {
  readonly document: Document;
  readonly operations: readonly Operation[];
  readonly #ajv: Ajv2020;
  readonly #validators = new Map<unknown, ValidateFunction>();

  constructor(document: Document) {
    this.document = document;
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => operationOf(path, method, operation)),
    );
    this.#ajv = new Ajv2020({
      strict: true,
      strictTypes: false,
      strictRequired: false,
      strictTuples: false,
      validateFormats: true,
      formats,
    });
    this.#ajv.addKeyword('components');
    this.#ajv.addSchema({ $id: 'api', components: document.components }, 'api');
  }

  /** Compiles it once; refs into the components are followed. */
  validator(schema: Json): ValidateFunction {
    const known = this.#validators.get(schema);
    if (known !== undefined) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/');
    const made = this.#ajv.compile(JSON.parse(text) as AnySchema);
    this.#validators.set(schema, made);
    return made;
  }

  /** A reference, followed. */
  resolved(value: Json): Json {
    if (typeof value.$ref !== 'string') return value;
    const steps = value.$ref.slice(2).split('/');
    return steps.reduce<unknown>((at, step) => (at as Json)[step], this.document) as Json;
  }

  /** The operation that answers this request. */
  find(method: string, pathname: string): Operation | undefined {
    return this.operations.find(
      (each) =>
        each.method === method && new RegExp(`^${each.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
    );
  }

  /** Fails unless status, content type and body are as the operation promises. */
  async check(operation: Operation, response: Response): Promise<void> {
    const where = `${operation.method} ${operation.path} → ${response.status}`;
    const promised = operation.responses[response.status];
    const body = await response.text();
    assert.ok(promised, `${where} is not described: ${body.slice(0, 500)}`);
    assert.ok(response.headers.get('x-request-id'), `${where} has no x-request-id`);
    const content = this.resolved(promised).content as Readonly<Record<string, { schema: Json }>> | undefined;
    if (content === undefined || operation.method === 'head') {
      assert.equal(body, '', `${where} has a body`);
      return;
    }
    const type = (response.headers.get('content-type') ?? '').split(';', 1)[0]!;
    const described = content[type];
    assert.ok(described, `${where} is ${type}, which is not described`);
    if (!/[/+]json$/.test(type)) return;
    const validate = this.validator(described.schema);
    const isValid = validate(JSON.parse(body));
    assert.ok(
      isValid,
      `${where} breaks its schema: ${JSON.stringify(validate.errors?.slice(0, 3))}\n${body.slice(0, 1_500)}`,
    );
  }
}

function operationOf(path: string, method: string, operation: Json): Operation {
  return {
    method,
    path,
    operationId: operation.operationId as string,
    scope: operation['x-scope'] as string | undefined,
    parameters: (operation.parameters ?? []) as readonly Parameter[],
    body: operation.requestBody as Operation['body'],
    responses: operation.responses as Operation['responses'],
  };
}
