/** Quarantine on the real engine: found among 50,000 rows, kept when refused again, replayed once whatever breaks in between. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { failure } from '../../src/errors.ts';
import { OneAtATime } from '../../src/operations/one-at-a-time.ts';
import { placeId, QuarantineCare } from '../../src/operations/quarantine-care.ts';
import type { Quarantined, Store } from '../../src/store/store.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { eventAt, openRealHouse, type RealHouse } from './real-house.ts';

const noon = Date.UTC(2026, 9, 15, 12);
/** Before the first time that the tables can hold. */
const unstorable = Date.UTC(1700, 0, 1);
const eventsMany = 50_000;
const badOnes = [7, 25_000, 49_999];

describe('events in quarantine', () => {
  let house: RealHouse;
  /** What the next call of this method of the store does before it fails. */
  const breaking: { method?: 'insert' | 'release'; after?: boolean } = {};

  before(async () => {
    house = await openRealHouse(
      (store) =>
        new Proxy(store, {
          get(target, name) {
            const value = Reflect.get(target, name, target) as unknown;
            if (typeof value !== 'function') return value;
            return async (...args: unknown[]) => {
              if (breaking.method !== name)
                return (value as (...args: unknown[]) => unknown).apply(target, args);
              delete breaking.method;
              if (breaking.after) await (value as (...args: unknown[]) => unknown).apply(target, args);
              throw failure('store_unclear', { detail: 'broken by the test' });
            };
          },
        }) as Store,
    );
    const events = Array.from({ length: eventsMany }, (_, n) =>
      eventAt(`e${n}`, badOnes.includes(n) ? unstorable : noon + n),
    );
    await house.send('shop', events);
  });
  after(() => house.close());

  const all = async () => (await house.care.list({ project: 'shop', limit: 100 })).items;
  const rows = async () =>
    Number((await house.client.rows<[string]>('SELECT toString(count()) FROM events'))[0]?.[0]);
  const copies = async () =>
    house.client.rows(`SELECT _offset, count() FROM events GROUP BY _partition, _offset HAVING count() > 1`);
  /** As if a later version could store it. */
  const mend = async (item: Quarantined) => {
    const body = JSON.stringify({ ...JSON.parse(item.body), timestamp: noon });
    await house.store.insert({ partition: 0, rows: [], quarantined: [{ ...item, body }] });
  };
  const failedChecks = async () =>
    (await house.doctor.examine()).checks.filter(({ status }) => status === 'failed');

  test('are found among 50,000 rows, and only they', async () => {
    assert.deepEqual(
      (await all()).map(({ offset, reason }) => [offset, reason]),
      badOnes.map((offset) => [offset, 'refused']),
    );
    assert.equal(await rows(), eventsMany - badOnes.length);
    assert.deepEqual(await copies(), []);
    assert.deepEqual(await failedChecks(), []);
  });

  test('that are refused again stay, with the reason of now', async () => {
    const report = await house.care.replay({ project: 'shop' });
    assert.deepEqual(report, {
      replayed: 0,
      duplicates: 0,
      refused: 3,
      reasons: { refused: 3 },
      tooYoung: 0,
      elsewhere: 0,
    });
    assert.equal((await all()).length, 3);
    assert.deepEqual(await failedChecks(), []);
  });

  for (const [what, method, late] of [
    ['its insert landed and its answer was lost', 'insert', true],
    ['its insert did not land', 'insert', false],
  ] as const) {
    test(`are stored once by a replay when ${what}`, async () => {
      const [item] = await all();
      await mend(item!);
      const before = await rows();
      Object.assign(breaking, { method, after: late });
      const report = await house.care.replay({ places: [item!] });
      assert.equal(report.replayed, 1);
      assert.equal(await rows(), before + 1);
      assert.deepEqual(await copies(), []);
      assert.deepEqual(await failedChecks(), []);
    });
  }

  test('are stored once when the replay ends between its insert and its release', async () => {
    const [item] = await all();
    await mend(item!);
    const before = await rows();
    Object.assign(breaking, { method: 'release', after: false });
    await assert.rejects(house.care.replay({ places: [item!] }), { code: 'store_unclear' });
    assert.equal(await rows(), before + 1);
    assert.equal((await all()).length, 1, 'it is in quarantine still');
    assert.equal(await house.care.resume(), 1);
    assert.equal((await house.care.replay({ places: [item!] })).replayed, 0);
    assert.equal(await rows(), before + 1);
    assert.deepEqual(await copies(), []);
    assert.deepEqual(await all(), []);
    assert.deepEqual(await failedChecks(), []);
    assert.deepEqual(await house.store.verifyRollups(), []);
  });

  test('whose id is stored from another place are released and not stored twice', async () => {
    await house.send('shop', [eventAt('late', unstorable)]);
    const [item] = await all();
    assert.equal(placeId(item!), `0-${eventsMany}`);
    const body = JSON.stringify({ ...JSON.parse(item!.body), eventId: 'e1', timestamp: noon });
    await house.store.insert({ partition: 0, rows: [], quarantined: [{ ...item!, eventId: 'e1', body }] });
    const before = await rows();
    const report = await house.care.replay({ project: 'shop' });
    assert.deepEqual([report.replayed, report.duplicates], [0, 1]);
    assert.equal(await rows(), before);
    assert.deepEqual(await failedChecks(), []);
  });

  test('of a partition that another process writes are left to it, and counted as such', async () => {
    const never = () => assert.fail('it is another process’s');
    const writer = { holds: () => false, replay: never, readBack: never };
    const care = new QuarantineCare({
      ...house,
      writer,
      turns: new OneAtATime(),
      telemetry: new Telemetry(),
    });
    await house.send('shop', [eventAt('theirs', unstorable)]);
    assert.deepEqual(await care.replay({ project: 'shop' }), {
      replayed: 0,
      duplicates: 0,
      refused: 0,
      reasons: {},
      tooYoung: 0,
      elsewhere: 1,
    });
    assert.deepEqual(await house.care.discard({ project: 'shop' }), { discarded: 1, tooYoung: 0 });
  });

  test('are discarded by reason and time, and the ledger knows', async () => {
    await house.send('shop', [eventAt('gone', unstorable)]);
    assert.deepEqual(await house.care.discard({ project: 'other' }), { discarded: 0, tooYoung: 0 });
    assert.deepEqual(await house.care.discard({ project: 'shop', reason: 'undecodable' }), {
      discarded: 0,
      tooYoung: 0,
    });
    assert.deepEqual(await house.care.discard({ project: 'shop', from: Date.now() + 1e6 }), {
      discarded: 0,
      tooYoung: 0,
    });
    assert.deepEqual(await house.care.discard({ project: 'shop', reason: 'refused' }), {
      discarded: 1,
      tooYoung: 0,
    });
    assert.deepEqual(await house.store.corrections(0), {
      replayed: 3,
      duplicate: 1,
      discarded: 2,
      expired: 0,
      deleted: 0,
    });
    assert.deepEqual(await failedChecks(), []);
  });

  test('and retention: whole days go from rows and rollups, and the ledger explains it', async () => {
    const old = Array.from({ length: 40 }, (_, n) =>
      eventAt(`old${n}`, Date.UTC(2026, 6 + (n % 4), 3 + n / 8)),
    );
    await house.send('shop', old);
    const bound = Date.UTC(2026, 8, 5);
    const wanted = old.filter(({ timestamp }) => timestamp < bound).length;
    assert.equal(await house.store.expire(bound), wanted);
    assert.equal(await house.store.expire(bound), 0);
    assert.equal((await house.store.corrections(0)).expired, wanted);
    const oldest = await house.client.rows<[string]>('SELECT toString(min(day)) FROM events');
    assert.ok(oldest[0]![0] >= '2026-09-05');
    assert.deepEqual(await house.store.verifyRollups(), []);
    await house.send('shop', [eventAt('late-again', Date.UTC(2026, 6, 1))]);
    assert.equal(await house.store.expire(bound), 1, 'a late event goes with the next run');
    assert.deepEqual(await house.store.verifyRollups(), []);
    assert.deepEqual(await failedChecks(), []);
  });
});
