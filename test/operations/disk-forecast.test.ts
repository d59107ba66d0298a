import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DiskForecast, type DiskForecastOptions } from '../../src/operations/disk-forecast.ts';
import type { CorrectedLedger } from '../../src/operations/queue-status.ts';

const start = Date.UTC(2026, 2, 1);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const gigabyte = 1e9;
const empty: CorrectedLedger = {
  accepted: 0,
  stored: 0,
  duplicates: 0,
  quarantined: 0,
  discarded: 0,
  lost: 0,
  inFlight: 0,
  expired: 0,
  deleted: 0,
};

/** A disk with 10 GB free, a store of a million events in 1 GB, and a clock that is turned by hand. */
function openForecast(options: Partial<DiskForecastOptions> = {}) {
  let elapsedMs = 0;
  let ledger: CorrectedLedger | null = { ...empty, stored: 1_000_000 };
  const stop = new AbortController();
  const clock = {
    now: () => start + elapsedMs,
    monotonic: () => elapsedMs,
    // one look, and no more
    sleep: async () => stop.abort(),
  };
  const forecast = new DiskForecast({
    disk: async () => ({ freeBytes: 10 * gigabyte, bytes: 100 * gigabyte }),
    freeBytesMin: 0,
    log: { usage: () => ({ bytes: 5, bytesMax: 10 }) as never },
    store: { state: () => ({ status: 'ready', reason: '', bytes: gigabyte }) },
    ledger: async () => ledger,
    retentionDays: undefined,
    clock,
    ...options,
  });
  return {
    forecast,
    look: () => forecast.run(stop.signal),
    /** This much later so many events more are stored. */
    pass: (ms: number, stored: number) => {
      elapsedMs += ms;
      ledger = ledger && { ...ledger, stored: ledger.stored + stored };
    },
    forget: () => {
      ledger = null;
    },
  };
}

describe('when the disk fills', () => {
  it('is told from the rate of the last hours and the bytes of an event', async () => {
    const { forecast, look, pass } = openForecast();
    await look();
    // 1,000 bytes an event, 500,000 an hour: half a gigabyte
    pass(2 * hourMs, 1_000_000);
    const report = await forecast.report();
    assert.equal(report.bytesPerEvent, 500);
    assert.equal(report.overMs, 2 * hourMs);
    assert.ok(Math.abs((report.eventsPerSecond ?? 0) - 1_000_000 / 7_200) < 1e-6);
    const hours = (Date.parse(report.fullAt ?? '') - start - 2 * hourMs) / hourMs;
    assert.ok(Math.abs(hours - 40) < 0.01, `${hours} hours`);
  });

  it('is never where nothing comes in, and not known before two looks', async () => {
    const { forecast, look, pass } = openForecast();
    const early = await forecast.report();
    assert.deepEqual([early.eventsPerSecond, early.fullAt], [null, null]);
    await look();
    pass(hourMs, 0);
    const { eventsPerSecond, fullAt } = await forecast.report();
    assert.deepEqual([eventsPerSecond, fullAt], [0, null]);
  });

  it('is never where old events go before there are too many', async () => {
    const rate = async (retentionDays: number) => {
      const { forecast, look, pass } = openForecast({ retentionDays });
      await look();
      pass(dayMs, 1_000_000);
      return (await forecast.report()).fullAt;
    };
    // 0.5 GB a day: twenty days are 10 GB, thirty are 15 GB, and there are 11
    assert.equal(await rate(20), null);
    assert.equal(typeof (await rate(30)), 'string');
  });

  it('is now below what the log leaves free', async () => {
    const { forecast } = openForecast({ freeBytesMin: 11 * gigabyte });
    assert.equal((await forecast.report()).fullAt, new Date(start).toISOString());
  });

  it('says nothing of a store that is another service', async () => {
    const { forecast, look, pass } = openForecast({ store: undefined });
    await look();
    pass(hourMs, 1_000_000);
    const { storeBytes, bytesPerEvent, fullAt } = await forecast.report();
    assert.deepEqual([storeBytes, bytesPerEvent, fullAt], [null, null, null]);
  });

  it('goes on while the store cannot tell the ledger', async () => {
    const { forecast, look, forget } = openForecast();
    forget();
    await look();
    const { bytesPerEvent, freeBytes } = await forecast.report();
    assert.deepEqual([bytesPerEvent, freeBytes], [null, 10 * gigabyte]);
  });
});
