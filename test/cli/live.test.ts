/** Saved things and streams through a whole server, as a process. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inMemory, startServer, temporaryDirectory, until } from './server.ts';

const at = '2026-01-05T10:00:00Z';
const range = { from: '2026-01-01', to: '2026-02-01' };
const type = (value: string) => ({ field: 'type', op: 'eq', value });

/** The members of answers and problems that are looked at here. */
interface Body {
  readonly code: string;
  readonly detail: string;
  readonly data?: {
    readonly total: { readonly events: number };
    readonly steps: readonly { readonly name: string; readonly count: number }[];
    readonly events: number;
  };
}

describe('a server', () => {
  it('answers plans that name what is saved, streams what changes, and removes an experiment with its events', async (t) => {
    const server = await startServer(t, temporaryDirectory(t), {
      ...inMemory,
      MILLRACE_STREAM_INTERVAL_MS: '20',
    });
    const { admin, read } = server.keys;
    const call = async (method: string, path: string, body?: unknown, key = admin) => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(server.url + path, { method, headers, ...json });
      return { status: response.status, body: (await response.json()) as Body };
    };
    const collect = (events: readonly object[]) =>
      call('POST', '/api/collect', { events: events.map((event) => ({ timestamp: at, ...event })) });
    await collect([
      { type: 'EXPOSURE', userId: 'ada', experimentId: 'gate', variantKey: 'a' },
      { type: 'EXPOSURE', userId: 'bob', experimentId: 'gate', variantKey: 'b' },
      { type: 'pageview', userId: 'ada', properties: { plan: 'pro' } },
      { type: 'purchase', userId: 'ada', timestamp: '2026-01-05T11:00:00Z' },
      { type: 'pageview', userId: 'bob' },
    ]);
    const path = `/api/v1/stream?plan=${encodeURIComponent(JSON.stringify({ kind: 'summary', ...range }))}`;
    const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${read}` } });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let told = '';
    const reading = (async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        told += value;
      }
    })();
    const total = async (wanted: number) =>
      until(
        async () => Number([...told.matchAll(/"total":\{"events":(\d+)/g)].at(-1)?.[1]),
        (events) => events === wanted,
      );
    assert.equal(await total(5), 5);

    const saved = (kind: string, name: string, body: unknown) =>
      call('POST', `/api/v1/saved/${kind}`, { name, body });
    const paid = { field: 'properties.plan', op: 'eq', value: 'pro' };
    await saved('segments', 'Paid', { filter: paid });
    await saved('goals', 'Bought', { filter: type('purchase') });
    await saved('cohorts', 'Buyers', { filter: { goal: 'bought' }, ...range });
    const ask = async (filter: unknown) => {
      const { body } = await call('POST', '/api/v1/query', { kind: 'summary', ...range, filter }, read);
      return body.data?.total.events ?? body.detail;
    };
    assert.equal(await ask({ segment: 'paid' }), 1);
    assert.equal(await ask({ and: [{ cohort: 'buyers' }, type('pageview')] }), 1);
    assert.match(String(await ask({ segment: 'payd' })), /did you mean paid/);
    const steps = [{ filter: type('pageview') }, { goal: 'bought' }];
    await saved('questions', 'Sales', { plan: { kind: 'funnel', ...range, steps } });
    const answer = await call('GET', '/api/v1/saved/questions/sales/answer', undefined, read);
    const told2 = answer.body.data!.steps.map(({ name, count }) => [name, count]);
    assert.deepEqual(told2, [
      ['Step 1', 2],
      ['Bought', 1],
    ]);
    await call('DELETE', '/api/v1/saved/goals/bought');
    const outdated = await call('GET', '/api/v1/saved/questions/sales/answer', undefined, read);
    assert.deepEqual([outdated.status, outdated.body.code], [409, 'saved_outdated']);
    assert.match(outdated.body.detail, /\/steps\/1\/goal must be the id of a saved goal/);

    const variants = [{ key: 'a' }, { key: 'b' }];
    await saved('experiments', 'Gate', { experimentId: 'gate', variants });
    const gone = await call('DELETE', '/api/v1/saved/experiments/gate?events=true');
    assert.deepEqual([gone.status, gone.body.data?.events], [200, 2]);
    assert.equal(await total(3), 3);
    assert.equal(await server.stop('SIGTERM'), 0);
    await reading;
    assert.match(told, /: the server is going down\n\n$/);
  });
});
