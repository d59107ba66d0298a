import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { exportRequest } from '../../src/query/export-shortcut.ts';
import { Query } from '../../src/query/query.ts';
import type { EventData, EventsData } from '../../src/query/wire.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { now, openStage } from './support.ts';

const list = { kind: 'events', from: '2025-06-01', to: '2025-07-01', limit: 3 };

test('pages give each event once while others arrive, newer, older and between', async () => {
  const { ask, add } = openStage();
  const first = Array.from({ length: 20 }, (_, i) => ({
    eventId: `first-${i}`,
    timestamp: now - (i % 5) * 1_000,
  }));
  await add(...first);
  const seen: EventData[] = [];
  let after: string | undefined;
  for (let page = 0; page === 0 || after !== undefined; page++) {
    const { data, meta } = await ask({ ...list, after });
    const { events, next } = data as EventsData;
    assert.ok(events.length <= 3);
    assert.equal(meta.cached, false);
    seen.push(...events);
    after = next;
    await add(
      ...[-500, 0, 500, -2_000].map((ms, i) => ({ eventId: `late-${page}-${i}`, timestamp: now + ms })),
    );
    if (page > 100) assert.fail('the list has no end');
  }
  const ids = seen.map(({ eventId }) => eventId);
  assert.equal(new Set(ids).size, ids.length, 'no event twice');
  assert.deepEqual(
    ids.filter((id) => id.startsWith('first')).sort(),
    first.map(({ eventId }) => eventId).sort(),
    'none of the first ones is left out',
  );
  const times = seen.map(({ timestamp }) => timestamp);
  assert.deepEqual(times, [...times].sort().reverse());
});

test('a full last page has no next', async () => {
  const { ask, add } = openStage();
  await add({}, {}, {});
  const { events, next } = (await ask(list)).data as EventsData;
  assert.deepEqual([events.length, next], [3, undefined]);
});

test('what is no cursor, a limit past the bound and what belongs to other kinds is refused', async () => {
  const { ask } = openStage();
  const wrong = [
    { after: 'x' },
    { after: Buffer.from('1.1.1').toString('base64url') },
    { limit: 1_001 },
    { limit: 0 },
    { by: 'type' },
    { metrics: ['events'] },
    { exact: true },
  ];
  for (const members of wrong)
    await assert.rejects(ask({ ...list, ...members }), (error) => isFailure(error, 'plan_invalid'));
});

test('an event of another project is in no list', async () => {
  const { query, add } = openStage();
  await add({ project: 'q' }, { project: 'p' });
  const { data } = await query.ask(list, { project: 'q' });
  assert.equal((data as EventsData).events.length, 1);
});

test('an export takes a range by name and what is saved, as any question does', async () => {
  const { store, cache, clock, add } = openStage();
  await add({ type: 'kept' }, { type: 'other' }, { type: 'kept', timestamp: now - 40 * 86_400_000 });
  const resolve = async (plan: unknown) => ({
    ...(plan as object),
    filter: { field: 'type', op: 'eq', value: 'kept' },
  });
  const query = new Query({ store, cache, clock, telemetry: new Telemetry(), resolve });
  const { plan } = exportRequest({ range: '7d', filter: '{"segment": "saved"}' }, now);
  assert.deepEqual(plan.filter, { segment: 'saved' });
  const whose = { project: 'p', signal: new AbortController().signal };
  const types: string[] = [];
  for await (const events of query.export(plan, undefined, whose))
    types.push(...events.map(({ type }) => type));
  assert.deepEqual(types, ['kept']);
  const both = exportRequest({ range: '7d', from: '2025-06-01' }, now);
  await assert.rejects(query.export(both.plan, undefined, whose).next(), /does not go with range/);
});

test('so many exports run at once, so many wait, of one key fewer, and the next is refused; leaving one lets another in', async () => {
  const { query, add } = openStage();
  await add({}, {});
  const plan = { kind: 'events', from: 0, to: now + 1, bots: 'include' };
  const signal = new AbortController().signal;
  const open = (id: string) => query.export(plan, undefined, { project: 'p', signal, asker: { id } });
  const running = ['a', 'a', 'a', 'b'].map(open);
  for (const one of running) assert.equal((await one.next()).value?.length, 2);
  const waiting = [...Array(8).fill('a'), ...Array(8).fill('b')].map(open);
  const pieces = waiting.map((one) => one.next());
  await assert.rejects(open('a').next(), (error) => isFailure(error, 'questions_too_many'));
  await assert.rejects(open('c').next(), (error) => isFailure(error, 'questions_overloaded'));
  for (const one of running) await one.return(undefined);
  let left = waiting.map((one, i) => ({ one, piece: pieces[i]! }));
  while (left.length > 0) {
    // whose turn it is depends on what the others have open
    const { found, at } = await Promise.race(left.map(async ({ piece }, at) => ({ found: await piece, at })));
    assert.equal(found.value?.length, 2);
    await left[at]!.one.return(undefined);
    left = left.filter((_, i) => i !== at);
  }
});
