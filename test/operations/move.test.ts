import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { millisecondsPerDay } from '../../src/clock.ts';
import { failure, isFailure } from '../../src/errors.ts';
import type { EventRow } from '../../src/event/event-row.ts';
import { type MoveCursor, type MoveEnd, move } from '../../src/operations/move.ts';
import { compareStores } from '../../src/operations/move-check.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Batch, Store } from '../../src/store/store.ts';
import { eventRow, insertRows } from '../../src/testing/rows.ts';
import { day, hastyClock, openCatalog } from './support.ts';

const never = new AbortController().signal;

/** Two projects, two partitions, months apart, some in quarantine. */
function rowsOf(count: number): readonly EventRow[] {
  return Array.from({ length: count }, (_, i) =>
    eventRow({
      project: i % 3 === 0 ? 'q' : 'p',
      partition: i % 2,
      offset: Math.floor(i / 2),
      timestamp: day - (i % 70) * 40 * millisecondsPerDay + i,
      type: i % 5 === 0 ? 'purchase' : 'pageview',
      personKey: BigInt(i % 11),
      properties: { n: i },
    }),
  );
}

async function openEnd(
  context: TestContext,
  store: Store = new MemoryStore({ clock: hastyClock }),
): Promise<MoveEnd> {
  const catalog = await openCatalog(context);
  context.after(() => store.close());
  return { store, catalog };
}

async function openSource(context: TestContext, count: number): Promise<MoveEnd> {
  const source = await openEnd(context);
  for (const id of ['p', 'q']) await source.catalog.createProject({ id, name: id, createdAt: day });
  const rows = rowsOf(count);
  for (const partition of [0, 1]) {
    const own = rows.filter((row) => row.partition === partition);
    await insertRows(source.store, partition, own);
    const next = own.at(-1)!.offset + 3;
    const place = { partition, offset: next - 1, project: 'p', eventId: `bad-${partition}`, receivedAt: day };
    await source.store.insert({
      partition,
      rows: [],
      quarantined: [{ ...place, reason: 'refused', detail: 'no', body: '{}' }],
      progress: { next, stored: own.length, duplicates: 1, quarantined: 1 },
    });
  }
  return source;
}

const assertMoved = async (from: MoveEnd, to: MoveEnd): Promise<void> => {
  const check = await compareStores(from.store, to.store, ['p', 'q'], never);
  assert.deepEqual(check.differences, []);
  for (const partition of [0, 1])
    assert.deepEqual(await to.store.progress(partition), await from.store.progress(partition));
  assert.equal((await to.store.quarantined({ limit: 10 })).total, 2);
};

describe('a move', () => {
  it('takes projects, keys, salts, events, quarantine and progress along', async (context) => {
    const from = await openSource(context, 300);
    const key = {
      id: 'k',
      project: 'p',
      scope: 'read',
      name: 'n',
      hash: 'a'.repeat(64),
      hint: 'mr_',
      origins: [],
      createdAt: day,
    } as const;
    await from.catalog.createKey(key);
    const now = hastyClock.now();
    const ada = {
      id: 'ada',
      email: 'ada@example.com',
      roles: new Map([['p', 'editor'] as const]),
      createdAt: now,
    };
    await from.catalog.people.create({ ...ada, password: 'kept' }, 1);
    const times = { createdAt: now, updatedAt: now };
    const board = { project: 'q', kind: 'dashboard', id: 'b', name: 'B', body: { tiles: [] } } as const;
    await from.catalog.saved.create({ ...board, ...times, version: 3, by: 'k' }, 1);
    const share = {
      id: 's',
      project: 'q',
      dashboard: 'b',
      hash: 'h',
      canEmbed: true,
      createdAt: now,
      by: 'k',
    };
    await from.catalog.shares.create(share, 1);
    const salt = await from.catalog.salt(now, now);
    const to = await openEnd(context);
    const report = await move({ from, to, clock: hastyClock, signal: never, keepCursor: async () => {} });
    assert.deepEqual(report, { projects: 2, keys: 1, events: 300, quarantined: 2, partitions: 2 });
    assert.deepEqual(await to.catalog.projects(), await from.catalog.projects());
    assert.deepEqual(await to.catalog.keys(), await from.catalog.keys());
    assert.deepEqual(await to.catalog.people.all(), [{ ...ada, hasPassword: true }]);
    assert.equal(await to.catalog.people.passwordOf('ada'), 'kept');
    assert.deepEqual(await to.catalog.salt(now, now), salt);
    assert.deepEqual(await to.catalog.saved.get(board), { ...board, ...times, version: 3, by: 'k' });
    assert.deepEqual(await to.catalog.shares.find('h'), share);
    await assertMoved(from, to);
  });

  it('goes on where it was broken off, whatever had landed, and doubles nothing', async (context) => {
    for (let failing = 1; failing <= 8; failing++) {
      const from = await openSource(context, 300);
      const store = new MemoryStore({ clock: hastyClock });
      const to = await openEnd(context, store);
      let cursor: MoveCursor | undefined;
      const keepCursor = async (state: MoveCursor): Promise<void> => {
        cursor = state;
      };
      const insert = store.insert.bind(store);
      let inserts = 0;
      store.insert = async (batch: Batch) => {
        await insert(batch);
        // what landed is not told, as by a kill between the store and the file
        if (++inserts === failing) throw failure('store_refused', { detail: 'as good as killed' });
      };
      const options = { from, to, clock: hastyClock, signal: never, keepCursor };
      await assert.rejects(move(options), (error) => isFailure(error, 'store_refused'));
      store.insert = insert;
      await move({ ...options, cursor: cursor! });
      await assertMoved(from, to);
    }
  });

  it('asks what landed after an unclear insert, and inserts the rest', async (context) => {
    const from = await openSource(context, 300);
    const store = new MemoryStore({ clock: hastyClock });
    const to = await openEnd(context, store);
    const insert = store.insert.bind(store);
    let inserts = 0;
    store.insert = async (batch: Batch) => {
      inserts++;
      if (inserts % 3 === 1) await insert(batch);
      if (inserts % 3 !== 0) throw failure('store_unclear', { detail: 'no answer' });
      await insert(batch);
    };
    const moving = move({ from, to, clock: hastyClock, signal: never, keepCursor: async () => {} });
    // quarantine and progress are not tried again: the command is
    await moving.catch((error) => assert.ok(isFailure(error, 'store_unclear')));
    store.insert = insert;
    await move({
      from,
      to,
      clock: hastyClock,
      signal: never,
      keepCursor: async () => {},
      cursor: { done: [] },
    });
    await assertMoved(from, to);
  });

  it('refuses a store that has events already', async (context) => {
    const from = await openSource(context, 10);
    const to = await openSource(context, 10);
    const moving = move({ from, to, clock: hastyClock, signal: never, keepCursor: async () => {} });
    await assert.rejects(moving, (error) => isFailure(error, 'conflict') && /empty one/.test(error.message));
  });

  it('is compared by numbers, persons and contents, for each day and type', async (context) => {
    const rows = rowsOf(20);
    const open = async (changed: readonly EventRow[]): Promise<Store> => {
      const { store } = await openEnd(context);
      for (const partition of [0, 1])
        await insertRows(
          store,
          partition,
          changed.filter((row) => row.partition === partition),
        );
      return store;
    };
    const same = await open(rows);
    const details = async (changed: readonly EventRow[]) =>
      (await compareStores(same, await open(changed), ['p', 'q'], never)).differences.map(
        ({ detail }) => detail,
      );
    assert.deepEqual(await details(rows), []);
    assert.deepEqual(await details(rows.slice(0, -1)), ['1 events, and 0 after the move']);
    assert.deepEqual(await details([...rows.slice(0, -1), { ...rows.at(-1)!, personKey: 0n }]), [
      '1 persons, and 0 after the move',
    ]);
    assert.deepEqual(await details([...rows.slice(0, -1), { ...rows.at(-1)!, title: 'x' }]), [
      'the same number of events, which are not the same',
    ]);
  });
});
