/** Who is the same person, on PostgreSQL: what is read anew when, and what projects pay that have many links, few or none. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withClient } from '../../../scripts/services/postgres.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { openHasher } from '../../../src/event/hasher.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { Rows, Store } from '../../../src/store/store.ts';
import { checkPlan, wideBudget } from '../../../src/testing/agreement.ts';
import { questionOf } from '../../../src/testing/generators.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';
import { type OpenStore, openStore, openStoreAt } from './open-store.ts';

const start = Date.UTC(2025, 0, 1);
const day = 86_400_000;
const never = new AbortController().signal;
const { hash64 } = await openHasher();

for (const extensions of [true, false])
  describe(`identity on PostgreSQL, ${extensions ? 'with sketches' : 'with lists'} of persons`, () => {
    let opened: OpenStore & { readonly url: string };
    let offset = 0;
    before(async () => {
      opened = await openStore({ extensions });
    });
    after(() => opened.close());

    const of = (project: string, id: string, at: number, given: Partial<EventRow> = {}): EventRow =>
      eventRow({
        project,
        offset: offset++,
        timestamp: start + at,
        anonymousId: id,
        personKey: hash64(id),
        ...given,
      });
    const identify = (project: string, anonymousId: string, userId: string, at: number): EventRow =>
      of(project, anonymousId, at, { type: 'identify', userId, personKey: hash64(userId) });

    test('days of keys that stand for nobody else are answered from rollups', async () => {
      const rows = Array.from({ length: 200 }, (_, i) => of('few', `v${i % 40}`, i * (day / 10)));
      rows.push(identify('few', 'v1', 'ada', 3 * day), identify('few', 'v2', 'ada', 4 * day));
      await insertRows(opened.store, 0, rows);
      for (const exact of [false, true]) {
        await checkPlan(opened.store, planOf('few', { exact }), rows, hash64);
        await checkPlan(opened.store, planOf('few', { exact, kind: 'trend', interval: 'day' }), rows, hash64);
      }
      const { cells, explain } = await ask(opened.store, planOf('few'));
      assert.deepEqual([cells[0]!.users, explain.source], [39, extensions ? 'rollup+rows' : 'rollup']);
      if (extensions) assert.ok(explain.rowsRead < 180, `${explain.rowsRead} rows read`);
    });

    test('a range that no link touches is answered from rollups alone', async () => {
      const rows = Array.from({ length: 20 }, (_, i) => of('apart', `v${i % 4}`, i * (day / 10)));
      rows.push(identify('apart', 'x1', 'ada', 5 * day));
      await insertRows(opened.store, 0, rows);
      const plan = planOf('apart', { from: start, to: start + 2 * day, by: { field: 'type', limit: 3 } });
      const { cells, explain } = await ask(opened.store, plan);
      assert.deepEqual([cells[0]!.users, explain.source], [4, 'rollup']);
    });

    test('of more keys than are looked for one by one, persons are counted in rows', async () => {
      const rows = Array.from({ length: 1_200 }, (_, i) => [
        of('crowd', `c${i}`, i * 60_000),
        identify('crowd', `c${i}`, `p${i % 300}`, 5 * day + i),
      ]).flat();
      await insertRows(opened.store, 0, rows);
      const { cells, approximate } = await ask(
        opened.store,
        planOf('crowd', { by: { field: 'type', limit: 3 } }),
      );
      assert.deepEqual([cells.map(({ users }) => users), approximate], [[300, 300, 300], false]);
    });

    test('a project without links has no version of them, whatever comes in', async () => {
      await insertRows(opened.store, 0, [of('plain', 'x', 0), of('plain', 'y', 1)]);
      const found = await withClient(opened.url, (client) =>
        client.query(`SELECT FROM millrace.day_versions WHERE project = 'plain' AND day = '-infinity'`),
      );
      assert.equal(found.rowCount, 0);
    });

    test('what one process stores, another knows with its next question', async () => {
      const other = await openStoreAt(opened.url);
      try {
        await insertRows(opened.store, 0, [of('shared', 'phone', 0), of('shared', 'laptop', 1)]);
        assert.equal((await ask(other.store, planOf('shared'))).cells[0]!.users, 2);
        await insertRows(opened.store, 0, [
          identify('shared', 'phone', 'eve', 2),
          identify('shared', 'laptop', 'eve', 3),
        ]);
        assert.equal((await ask(other.store, planOf('shared'))).cells[0]!.users, 1);
        assert.equal(await other.store.analyses.person('shared', 'phone'), hash64('eve'));
      } finally {
        await other.close();
      }
    });

    test('an id is of the first person that it was given to, however often it is given', async () => {
      const given = [identify('first', 'phone', 'eve', 1), identify('first', 'phone', 'bob', 2)];
      await insertRows(opened.store, 0, [...given, identify('first', 'phone', 'eve', 3)]);
      assert.equal(await opened.store.analyses.person('first', 'phone'), hash64('eve'));
      const undone = { ...identify('first', 'phone', 'eve', 2), properties: { undo: true } };
      await insertRows(opened.store, 0, [undone]);
      assert.equal(
        await opened.store.analyses.person('first', 'phone'),
        hash64('bob'),
        'eve said it again later',
      );
    });

    test('links go with the events that said them', async () => {
      const rows = [identify('old', 'phone', 'eve', -400 * day), of('old', 'phone', 0), of('old', 'eve', 1)];
      await insertRows(opened.store, 0, rows);
      assert.equal((await ask(opened.store, planOf('old'))).cells[0]!.users, 1);
      const before = await opened.store.version('old', start, start + day);
      await opened.store.expire(start - 300 * day);
      assert.notEqual(await opened.store.version('old', start, start + day), before);
      assert.equal((await ask(opened.store, planOf('old'))).cells[0]!.users, 2);

      await insertRows(opened.store, 0, [identify('gone', 'phone', 'eve', 0)]);
      assert.equal(await opened.store.analyses.person('gone', 'phone'), hash64('eve'));
      await opened.store.deleteProject('gone');
      assert.equal(await opened.store.analyses.person('gone', 'phone'), hash64('phone'));
    });

    test('events that were stored before there was identity are looked at too', async () => {
      await insertRows(opened.store, 0, [identify('before', 'phone', 'eve', 0), of('before', 'phone', 1)]);
      await withClient(opened.url, (client) =>
        client.query(`DELETE FROM millrace.day_versions WHERE day = '-infinity';
          DELETE FROM millrace.migrations WHERE part = 'store' AND version = 2`),
      );
      const later = await openStoreAt(opened.url);
      try {
        assert.equal(await later.store.analyses.person('before', 'phone'), hash64('eve'));
      } finally {
        await later.close();
      }
    });

    test("the events of a person come with the keys that they have, and only that person's", async () => {
      const rows = [of('own', 'phone', 0), identify('own', 'phone', 'eve', 1), of('own', 'other', 2)];
      await insertRows(opened.store, 0, rows);
      const keys = async (id: string): Promise<readonly bigint[]> => {
        const found: bigint[] = [];
        const question = { scope: planOf('own'), order: 'asc', person: hash64(id) } as const;
        for await (const some of opened.store.events(question, wideBudget, never))
          found.push(...some.map((row) => row.personKey));
        return found;
      };
      assert.deepEqual(await keys('eve'), [hash64('phone'), hash64('eve')]);
      assert.deepEqual(await keys('phone'), [], 'it is a key of hers, and no person');
      assert.deepEqual(await keys('other'), [hash64('other')]);
    });
  });

const planOf = (project: string, given: object = {}): Plan =>
  ({
    version: 1,
    kind: 'summary',
    project,
    from: start,
    to: start + 30 * day,
    timeZone: 'UTC',
    bots: 'include',
    metrics: ['events', 'users'],
    exact: false,
    ...given,
  }) as Plan;

const ask = (store: Store, plan: Plan): Promise<Rows> => store.run(questionOf(plan), wideBudget, never);
