import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { MillraceApi, MillraceApiError } from '../../../tracker/api/index.ts';
import { operations } from '../../../tracker/api/schema.ts';
import { root } from '../../house/import-table.ts';
import { keys, openBusyServer } from '../../http/openapi/busy-server.ts';
import { report } from './example.ts';

const bundleBytesMax = 4 * 1024;

describe('the client of the API', () => {
  it('asks questions and calls operations, and tells what is refused', async (t) => {
    const { url } = await openBusyServer(t);
    const api = new MillraceApi({ url: `${url}/`, key: keys.admin });
    const { data } = await api.query({ kind: 'trend', range: '90d', interval: 'week', by: 'country' });
    assert.equal(data.groups?.length, 4);
    const series = await api.query({ kind: 'summary', range: '90d', series: [{ name: 'A' }] });
    assert.equal(series.data.series[0]?.name, 'A');
    const v2 = await api.call('summaryV2', { query: { from: '2000-01-01', bots: 'include' } });
    assert.equal(v2.data.total_events, 240);
    const made = await api.call('createSegment', {
      body: { name: 'Germans', body: { filter: { field: 'country', op: 'eq', value: 'DE' } } },
    });
    const found = await api.call('savedSegment', { path: { id: made.data.id } });
    assert.deepEqual(found, made);
    const outdated = api.call('putSegment', {
      path: { id: made.data.id },
      headers: { 'If-Match': '"7"' },
      body: { name: 'Germans', body: made.data.body },
    });
    await assert.rejects(outdated, (error) => error instanceof MillraceApiError && error.status === 412);
    const wrong = api.call('trend', { query: { by: 'contry' } });
    await assert.rejects(wrong, (error) => {
      assert.ok(error instanceof MillraceApiError);
      assert.deepEqual([error.code, error.problem?.pointer], ['plan_invalid', '/by']);
      return true;
    });
    assert.match(await (api.call('metrics') as Promise<string>), /millrace_/);
    const stopped = api.query({ kind: 'live' }, { signal: AbortSignal.abort() });
    await assert.rejects(stopped, { name: 'AbortError' });
  });

  it('does what its documentation shows', async (t) => {
    const page = readFileSync(join(root, 'docs/client.md'), 'utf8');
    const shown = /```ts\n([\s\S]*?)```/.exec(page)![1]!;
    const compiled = readFileSync(join(import.meta.dirname, 'example.ts'), 'utf8').replace(/^.*\n/, '');
    assert.equal(shown.replace("'millrace/client'", "'../../../tracker/api/index.ts'"), compiled);
    const { url } = await openBusyServer(t);
    assert.match(
      await report(url, keys.read),
      /^\d+ of \d+ bought, as of 20.*; most came from (DE|AT|CH|FR), /,
    );
  });

  it('knows every operation by the method and path that it has', () => {
    const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => [operationId, [method.toUpperCase(), path]]),
    );
    assert.deepEqual(Object.fromEntries(described), operations);
  });

  it('is small in a page', async () => {
    const built = await build({
      configFile: false,
      logLevel: 'warn',
      build: {
        write: false,
        minify: true,
        lib: { entry: join(root, 'tracker/api/index.ts'), formats: ['es'], fileName: 'api' },
      },
    });
    const [{ output }] = built as unknown as [{ output: [{ code: string; imports: string[] }] }];
    assert.equal(output.length, 1);
    assert.deepEqual(output[0].imports, []);
    const bytes = gzipSync(output[0].code).byteLength;
    assert.ok(bytes <= bundleBytesMax, `${bytes} bytes`);
  });
});
