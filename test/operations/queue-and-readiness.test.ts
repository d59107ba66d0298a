import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queueStatus } from '../../src/operations/queue-status.ts';
import { Readiness, type ReadinessOptions } from '../../src/operations/readiness.ts';
import type { StoreState } from '../../src/store/store.ts';
import { day, openHouse, until } from './support.ts';

const options = { warningEvents: 10, now: () => day };

describe('the status of the queue', () => {
  it('counts what waits, warns above the bound, and balances the ledger', async (context) => {
    const house = await openHouse(context);
    await house.send('shop', 11);
    const waiting = await queueStatus({ ...house, ...options });
    assert.deepEqual([waiting.queueLength, waiting.status, waiting.ledger], [11, 'warning', null]);
    house.writer.start();
    await until(() => house.writer.status().ledger?.stored === 11);
    const done = await queueStatus({ ...house, ...options });
    assert.deepEqual([done.queueLength, done.status, done.lagMs, done.deadLetters], [0, 'ok', 0, 0]);
    assert.equal(done.timestamp, '2026-03-01T00:00:00.000Z');
    assert.deepEqual(done.ledger, {
      accepted: 11,
      stored: 11,
      duplicates: 0,
      quarantined: 0,
      discarded: 0,
      lost: 0,
      inFlight: 0,
      expired: 0,
      deleted: 0,
    });
    assert.deepEqual(
      done.partitions.map(({ partition, waiting }) => [partition, waiting]),
      [
        [0, 0],
        [1, 0],
      ],
    );
    assert.equal(done.partitions[0]?.lastBatch?.rows, 11);
  });

  it('is ok at the bound itself', async (context) => {
    const house = await openHouse(context);
    await house.send('shop', 10);
    assert.equal((await queueStatus({ ...house, ...options })).status, 'ok');
  });

  it('is told while the store cannot say how many dead letters there are', async (context) => {
    const house = await openHouse(context);
    const away = () => Promise.reject(new Error('away'));
    const store = { quarantined: away, corrections: away };
    assert.equal((await queueStatus({ ...house, ...options, store })).deadLetters, null);
  });

  it('is told while the store does not answer at all', async (context) => {
    const house = await openHouse(context);
    await house.send('shop', 3);
    house.writer.start();
    await until(() => house.writer.status().ledger?.stored === 3);
    const hung = () => new Promise<never>(() => {});
    const store = { quarantined: hung, corrections: hung };
    const { deadLetters, ledger } = await queueStatus({ ...house, ...options, store });
    assert.deepEqual([deadLetters, ledger?.accepted, ledger?.stored], [null, 3, 3]);
  });
});

const roles = new Set(['collect', 'write', 'query'] as const);

describe('readiness', () => {
  it('speaks of what this process does', async (context) => {
    const house = await openHouse(context);
    const { catalog, log } = house;
    const collector = new Readiness({ roles: new Set(['collect'] as const), catalog, log });
    assert.deepEqual(await collector.report(), {
      status: 'ready',
      collecting: true,
      answering: false,
      parts: { log: { status: 'ready' }, catalog: { status: 'ready' } },
    });
    const { store } = house;
    const asked = await new Readiness({ roles: new Set(['query'] as const), catalog, store }).report();
    assert.deepEqual([asked.status, asked.collecting, asked.answering], ['ready', false, true]);
  });

  it('is ready when events can be taken and questions answered', async (context) => {
    const house = await openHouse(context);
    house.writer.start();
    await until(() => house.writer.status().ledger !== undefined);
    const report = await new Readiness({ ...house, roles }).report();
    assert.deepEqual(report, {
      status: 'ready',
      collecting: true,
      answering: true,
      parts: {
        log: { status: 'ready' },
        writer: { status: 'ready' },
        store: { status: 'ready' },
        catalog: { status: 'ready' },
      },
    });
  });

  it('goes on collecting while the store is away, and says nothing of what the store says', async (context) => {
    for (const status of ['down', 'starting'] as const) {
      const report = await reportWith(context, { store: storeIn(status) });
      assert.deepEqual([report.status, report.collecting, report.answering], ['degraded', true, false]);
      assert.equal(report.parts.store?.status, status);
      assert.equal(report.parts.writer?.status, 'degraded');
      assert.ok(!JSON.stringify(report).includes('/secret/path'));
    }
  });

  it('answers while rollups are being repaired', async (context) => {
    const report = await reportWith(context, { store: storeIn('repairing') });
    assert.deepEqual(
      [report.status, report.answering, report.parts.store?.status],
      ['ready', true, 'degraded'],
    );
  });

  it('does not collect when the log is full or has failed', async (context) => {
    const failed = Promise.resolve(new Error('fsync'));
    const away = { ...fullLog, state: () => ({ status: 'down' as const, reason: 'it is away' }) };
    for (const log of [fullLog, away, { ...fullLog, failed, usage: () => ({ bytes: 0, bytesMax: 0 }) }]) {
      const report = await reportWith(context, { log });
      assert.deepEqual(
        [report.status, report.collecting, report.parts.log?.status],
        ['degraded', false, 'down'],
      );
    }
  });

  it('is down when it can do neither', async (context) => {
    assert.equal((await reportWith(context, { log: fullLog, store: storeIn('down') })).status, 'down');
  });

  it('is ready without its catalog, since keys are checked from memory', async (context) => {
    const catalog = { version: () => Promise.reject(new Error('away')) };
    const report = await reportWith(context, { catalog });
    assert.deepEqual([report.status, report.parts.catalog.status], ['ready', 'degraded']);
  });
});

const fullLog = {
  failed: new Promise<Error>(() => {}),
  usage: () => ({ bytes: 10, bytesMax: 10 }),
  state: () => ({ status: 'ready' as const, reason: '' }),
};

function storeIn(status: StoreState['status']) {
  return { state: () => ({ status, reason: 'cannot connect to /secret/path', bytes: 0 }) };
}

async function reportWith(context: Parameters<typeof openHouse>[0], changes: Partial<ReadinessOptions>) {
  const house = await openHouse(context);
  house.writer.start();
  const readiness = new Readiness({ ...house, roles, ...changes });
  await until(() => house.writer.status().ledger !== undefined);
  return readiness.report();
}
