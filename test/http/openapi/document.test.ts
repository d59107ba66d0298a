import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { apiRoutes } from '../../../scripts/docs/api-routes.ts';
import { apiDocument } from '../../../src/http/openapi/document.ts';
import { openBusyServer } from './busy-server.ts';
import { Described, type Document, type Json } from './described.ts';

const served = apiRoutes();
const routes = served.filter(({ describe }) => describe !== undefined);
const document = apiDocument(routes) as Document;

describe('the description of the API', () => {
  it('has every route that is served under /api, /health and /metrics, and no other', () => {
    const paths = served
      .filter(({ path }) => /^\/(api|health|metrics)(\/|$)/.test(path))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const described = new Described(document).operations.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(described.sort(), paths.sort());
  });

  it('names the parameters that each route takes', () => {
    for (const { path, method, parameters = [], describe } of routes) {
      const inPath = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
      const named = Object.entries(describe?.parameters ?? {}).flatMap(([name, each]) =>
        each.in === 'header' ? [] : [name],
      );
      assert.deepEqual(named.sort(), [...parameters, ...inPath].sort(), `${method} ${path}`);
    }
  });

  it('gives each operation a name of its own', () => {
    const ids = new Described(document).operations.map(({ operationId }) => operationId);
    assert.deepEqual(
      ids.filter((id, i) => ids.indexOf(id) < i),
      [],
    );
    for (const id of ids) assert.match(id, /^[a-z][A-Za-z0-9]*$/);
  });

  it('refers only to what it has, and has nothing that nobody refers to', () => {
    const refs = new Set(
      [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]!),
    );
    const { schemas } = document.components;
    assert.deepEqual(
      [...refs].filter((name) => !(name in schemas)),
      [],
    );
    assert.deepEqual(
      Object.keys(schemas).filter((name) => !refs.has(name)),
      [],
    );
    const described = new Described(document);
    for (const schema of Object.values(schemas)) described.validator(schema);
  });

  it('has examples that are as it says', () => {
    const described = new Described(document);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const validate = described.validator(schema);
      for (const example of (schema.examples ?? []) as readonly Json[])
        assert.ok(validate(example), `${name}: ${JSON.stringify(validate.errors?.[0])}`);
    }
  });
});

describe('a server', () => {
  it('serves the description of what it has, without a key', async (t) => {
    const { url } = await openBusyServer(t);
    const response = await fetch(`${url}/api/openapi.json`);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.deepEqual(await response.json(), JSON.parse(JSON.stringify(document)));
  });
});
