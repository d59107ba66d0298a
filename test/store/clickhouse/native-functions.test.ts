/**
 * Funnels and retention beside ClickHouse's own windowFunnel and retention, on the same rows: the same numbers where both say the same,
 * and each difference that docs/semantics.md tells of, by one example.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MemoryCache } from '../../../src/cache/memory/memory-cache.ts';
import { type Hasher, openHasher } from '../../../src/event/hasher.ts';
import { Query } from '../../../src/query/query.ts';
import type { FunnelData, RetentionData } from '../../../src/query/wire.ts';
import type { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import type { Store } from '../../../src/store/store.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { Closing } from '../embedded/engine-helpers.ts';
import { openStore } from './store-helpers.ts';

const begin = Date.UTC(2025, 5, 16);
const dayMs = 86_400_000;
const range = { from: begin, to: begin + 6 * dayMs };

/** 'a0 b5': a at 0 ms, b at 5. */
type Walks = Readonly<Record<string, string>>;

/** A generator of Park and Miller: the same numbers always. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** No two events of a person at one millisecond. */
function generated(people: number, types: string, stepMax: number): Walks {
  const next = numbersFrom(people);
  const walkOf = (): string => {
    let at = 0;
    const events = Array.from({ length: 1 + next(12) }, () => {
      at += 1 + next(stepMax);
      return `${types[next(types.length)]}${at}`;
    });
    return events.join(' ');
  };
  return Object.fromEntries(Array.from({ length: people }, (_, i) => [`p${i}`, walkOf()]));
}

describe("ClickHouse's own functions", () => {
  let store: Store;
  let client: ClickHouseClient;
  let hasher: Hasher;
  let offset = 0;
  const closing = new Closing();
  before(async () => {
    ({ store, client } = await openStore(closing));
    hasher = await openHasher();
  });
  after(() => closing.close());

  async function put(project: string, walks: Walks): Promise<void> {
    const rows = Object.entries(walks).flatMap(([userId, walk]) =>
      walk.split(' ').map((event) =>
        eventRow({
          project,
          offset: offset++,
          type: event[0]!,
          timestamp: begin + Number(event.slice(1)),
          userId,
          personKey: hasher.hash64(userId),
        }),
      ),
    );
    await insertRows(store, 0, rows);
  }

  async function ask<Data>(project: string, plan: object): Promise<Data> {
    const clock = new TestClock(range.to);
    const cache = new MemoryCache({ clock, bytesMax: 0 });
    const query = new Query({ store, cache, clock, telemetry: new Telemetry() });
    return (await query.ask({ ...range, ...plan }, { project })).data as Data;
  }

  async function funnel(project: string, types: string, more: object = {}): Promise<readonly number[]> {
    const steps = [...types].map((value) => ({ filter: { field: 'type', op: 'eq', value } }));
    const { steps: told } = await ask<FunnelData>(project, { kind: 'funnel', steps, ...more });
    return told.map(({ count }) => count);
  }

  /** How many came to each step, by windowFunnel; `mode`: ", 'strict_order'". */
  async function windowFunnel(
    project: string,
    types: string,
    windowMs = dayMs,
    mode = '',
  ): Promise<readonly number[]> {
    const conditions = [...types].map((type) => `type = '${type}'`).join(', ');
    const rows = await client.rows<[level: number]>(
      `SELECT windowFunnel(${windowMs}${mode})(toUInt64(toUnixTimestamp64Milli(timestamp)), ${conditions}) FROM events WHERE project = '${project}' GROUP BY user_key`,
    );
    return [...types].map((_, i) => rows.filter(([level]) => Number(level) > i).length);
  }

  test('an ordered funnel over distinct types, without ties, is windowFunnel', async () => {
    await put('generated', generated(150, 'abcx', 20));
    for (const windowMs of [5, 20, 60, 1_000]) {
      const own = await funnel('generated', 'abc', { windowMs });
      assert.deepEqual(own, await windowFunnel('generated', 'abc', windowMs), `${windowMs} ms`);
      assert.ok(own[0]! > own[2]! && own[2]! > 0, `${own} are different steps`);
    }
  });

  test('one event is two steps to windowFunnel, and one here', async () => {
    await put('twice', { ada: 'a0', bob: 'a0 a5' });
    assert.deepEqual(await funnel('twice', 'aa'), [2, 1]);
    assert.deepEqual(await windowFunnel('twice', 'aa'), [2, 2]);
  });

  test('events of one millisecond are in the order of the steps to windowFunnel, in that of their arrival here', async () => {
    await put('ties', { ada: 'a0 b0', bob: 'b0 a0' });
    assert.deepEqual(await funnel('ties', 'ab'), [2, 1]);
    assert.deepEqual(await windowFunnel('ties', 'ab'), [2, 2]);
    assert.deepEqual(await windowFunnel('ties', 'ab', dayMs, ", 'strict_increase'"), [2, 0]);
  });

  test('strict_order gives up at the first other event, here another attempt may begin', async () => {
    await put('strict', { ada: 'a0 x1 a2 b3', bob: 'a0 b1', cleo: 'a0 x1 b2' });
    assert.deepEqual(await funnel('strict', 'ab', { order: 'strict' }), [3, 2]);
    assert.deepEqual(await windowFunnel('strict', 'ab', dayMs, ", 'strict_order'"), [3, 1]);
  });

  test('retention of one first day is the function retention; that knows neither who is new nor what came first', async () => {
    await put('days', generated(120, 'ab', dayMs));
    const edges = Array.from({ length: 6 }, (_, i) => `toDate('2025-06-16') + ${i}`);
    const native = async (first: number): Promise<readonly number[]> => {
      const conditions = edges.slice(first).map((day) => `toDate(timestamp, 'UTC') = ${day}`);
      const sums = conditions.map((_, i) => `sum(r[${i + 1}])`).join(', ');
      const [row] = await client.rows<string[]>(
        `SELECT ${sums} FROM (SELECT retention(${conditions.join(', ')}) AS r FROM events WHERE project = 'days' GROUP BY user_key)`,
      );
      return row!.map(Number);
    };
    const { cohorts } = await ask<RetentionData>('days', {
      kind: 'retention',
      period: 'day',
      first: 'range',
    });
    const told = cohorts.map(({ people, returned }) => [people, ...returned]);
    assert.deepEqual(told[0], await native(0));
    const second = await native(1);
    assert.ok(second[0]! > told[1]![0]!, 'who was there on the first day is not new on the second');
  });
});
