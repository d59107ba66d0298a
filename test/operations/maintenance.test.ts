/** What keeps a store in shape, by schedule and by order, on PostgreSQL; two machines at once included. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { failure, isFailure } from '../../src/errors.ts';
import { Maintenance, type UpkeepTasks } from '../../src/operations/maintenance.ts';
import { OneAtATime } from '../../src/operations/one-at-a-time.ts';
import { exclusively } from '../../src/postgres/exclusively.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { openStore, openStoreAt } from '../store/postgres/open-store.ts';

const all: UpkeepTasks = { createPartitions: true, refreshViews: true, analyze: true, vacuum: true };
const hourMs = 3_600_000;

type Opened = Awaited<ReturnType<typeof openStore>>;
type Options = ConstructorParameters<typeof Maintenance>[0];

async function openHouse(context: TestContext, options: Partial<Options> = {}) {
  const opened = await openStore();
  context.after(() => opened.close());
  return { ...opened, ...houseOf(opened, options) };
}

function houseOf({ store }: Pick<Opened, 'store'>, options: Partial<Options> = {}) {
  const telemetry = new Telemetry();
  const notes: string[] = [];
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  const turns = new OneAtATime();
  const given = { store, clock: systemClock, telemetry, turns, retentionDays: undefined };
  return { maintenance: new Maintenance({ ...given, ...options }), notes };
}

const partitions = ({ pools }: Pick<Opened, 'pools'>) =>
  pools.write
    .query(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY name`,
    )
    .then(({ rows }) => rows.map(({ name }) => name as string));

async function dropLast(opened: Pick<Opened, 'pools'>): Promise<string> {
  const last = (await partitions(opened)).at(-1)!;
  await opened.pools.write.query(`DROP TABLE ${last}`);
  return last;
}

describe('maintenance', () => {
  it('does what is asked, and may be told twice', async (context) => {
    const opened = await openHouse(context);
    const last = await dropLast(opened);
    const left = await opened.maintenance.upkeep({ ...all, createPartitions: false });
    assert.equal(left?.partitionsMade, 0);
    assert.ok(left.partitions.daysAhead < 366);
    assert.equal((await opened.maintenance.upkeep(all))?.partitionsMade, 1);
    assert.equal((await partitions(opened)).at(-1), last);
    const again = await opened.maintenance.upkeep(all);
    assert.equal(again?.partitionsMade, 0);
    assert.ok(again.partitions.daysAhead >= 366);
  });

  it('is refused while another machine is at it, and harms nothing when both go on', async (context) => {
    const opened = await openHouse(context);
    const other = await openStoreAt(opened.url);
    context.after(() => other.close());
    const { maintenance } = houseOf(other);
    await exclusively(other.pools.write, 'maintenance', async () => {
      await assert.rejects(opened.maintenance.upkeep(all), (error) => {
        assert.ok(isFailure(error, 'conflict'), String(error));
        assert.match(error.message, /another process maintains this store/);
        return true;
      });
    });
    assert.equal(opened.store.state().status, 'ready');
    await dropLast(opened);
    const runs = await Promise.allSettled([opened.maintenance.upkeep(all), maintenance.upkeep(all)]);
    const made = runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value?.partitionsMade ?? 0] : []));
    assert.equal(
      made.reduce((sum, each) => sum + each, 0),
      1,
    );
  });

  it('has nothing to do where the store sees to it by itself', async () => {
    const { maintenance } = houseOf({ store: {} as Opened['store'] });
    assert.equal(await maintenance.upkeep(all), undefined);
    await maintenance.run(new AbortController().signal);
  });
});

describe('the schedule of maintenance', () => {
  /** Runs it, hour by hour; resolves with when each task was asked for. */
  async function hours(count: number, options: Partial<Options>, failures: readonly Error[] = []) {
    const clock = new TestClock();
    const startedAt = clock.monotonic();
    const asked: string[] = [];
    const failing = [...failures];
    const say = (what: string) =>
      asked.push(`${what} ${Math.floor((clock.monotonic() - startedAt) / hourMs)}`);
    const store = {
      maintain: async ({ vacuum }: UpkeepTasks) => {
        assert.equal(vacuum, false);
        say('maintain');
        const error = failing.shift();
        if (error !== undefined) throw error;
        return undefined;
      },
      expire: async () => {
        say('expire');
        return 0;
      },
    } as unknown as Opened['store'];
    const { maintenance, notes } = houseOf({ store }, { clock, ...options });
    const stop = new AbortController();
    const running = maintenance.run(stop.signal);
    const step = 5 * 60_000;
    for (let passed = 0; passed < count * hourMs; passed += step) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(step);
    }
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await running;
    return { asked, notes };
  }

  it('maintains once a day, and removes what is too old once an hour', async () => {
    const { asked } = await hours(49, { retentionDays: 30 });
    assert.deepEqual(
      asked.filter((each) => each.startsWith('maintain')),
      ['maintain 0', 'maintain 24', 'maintain 48'],
    );
    assert.ok(asked.filter((each) => each.startsWith('expire')).length >= 45);
  });

  it('removes nothing where no retention is set', async () => {
    const { asked } = await hours(25, {});
    assert.deepEqual(asked, ['maintain 0', 'maintain 24']);
  });

  it('tries again soon what failed, and leaves to another machine what that is at', async () => {
    const { asked, notes } = await hours(3, {}, [new Error('no disk'), new Error('no disk')]);
    assert.deepEqual(asked, ['maintain 0', 'maintain 0', 'maintain 0']);
    assert.deepEqual(notes, Array(2).fill('maintenance failed and is tried again in 5 minutes'));
    const other = await hours(3, {}, [failure('conflict', { detail: 'another is at it' })]);
    assert.deepEqual(other, { asked: ['maintain 0'], notes: [] });
  });

  it('does nothing when it is switched off', async () => {
    const { asked } = await hours(30, { schedule: false, retentionDays: 30 });
    assert.deepEqual(asked, []);
  });
});
