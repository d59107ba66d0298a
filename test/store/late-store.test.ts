import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, isFailure } from '../../src/errors.ts';
import { LateStore } from '../../src/store/late-store.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { TestClock } from '../../src/testing/test-clock.ts';

class ClosingStore extends MemoryStore {
  closed = 0;

  override async close(): Promise<void> {
    this.closed++;
    await super.close();
  }
}

const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
};

function openLate(open: (signal: AbortSignal) => Promise<Store>) {
  const clock = new TestClock();
  const { supports } = new MemoryStore();
  return { clock, late: new LateStore({ supports, open, clock, telemetry: new Telemetry() }) };
}

test('calls are refused until the store is there, which is tried again and again', async () => {
  const store = new ClosingStore();
  let attempts = 0;
  const { late, clock } = openLate(async () => {
    if (++attempts < 3) throw failure('store_unavailable', { detail: `no ${attempts}` });
    return store;
  });
  await assert.rejects(late.progress(0), (error) => isFailure(error, 'store_unavailable'));
  await turns();
  assert.equal(late.state().status, 'down');
  assert.match(late.state().reason, /no 1/);
  for (const ms of [250, 500]) {
    clock.advance(ms);
    await turns();
  }
  assert.equal(late.state().status, 'ready');
  assert.equal((await late.progress(0)).next, 0);
  await late.close();
  assert.equal(store.closed, 1);
});

test('closing while it is down ends the waiting', async () => {
  const { late } = openLate(async () => {
    throw failure('store_unavailable', { detail: 'never' });
  });
  await turns();
  await late.close();
  await assert.rejects(late.progress(0), (error) => isFailure(error, 'store_unavailable'));
});

test('closing waits only so long for an opening that hangs, and what opens later is closed', async () => {
  const opening = Promise.withResolvers<Store>();
  const { late, clock } = openLate(() => opening.promise);
  let closed = false;
  const closing = late.close().then(() => {
    closed = true;
  });
  clock.advance(4_999);
  await turns();
  assert.equal(closed, false);
  clock.advance(1);
  await closing;
  const store = new ClosingStore();
  opening.resolve(store);
  await turns();
  assert.equal(store.closed, 1);
  await assert.rejects(late.progress(0), (error) => isFailure(error, 'store_unavailable'));
});
