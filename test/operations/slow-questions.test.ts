import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SlowQuestions } from '../../src/operations/slow-questions.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

const now = Date.UTC(2026, 2, 1);
const plan = { kind: 'funnel', range: '30d' };
const signal = { project: 'shop', kind: 'funnel', plan, durationMs: 2_345.6, outcome: 'answered' };

function watch() {
  const telemetry = new Telemetry();
  const slow = new SlowQuestions(telemetry, () => now);
  return { telemetry, slow };
}

describe('the slow questions', () => {
  it('are kept with what they read, the newest first', () => {
    const { telemetry, slow } = watch();
    telemetry.publish('query.slow', { ...signal, source: 'rows', rowsRead: 7 });
    telemetry.publish('query.slow', { ...signal, kind: 'paths', outcome: 'over_time' });
    const [newest, oldest] = slow.recent();
    assert.deepEqual(oldest, {
      at: '2026-03-01T00:00:00.000Z',
      project: 'shop',
      kind: 'funnel',
      durationMs: 2_346,
      outcome: 'answered',
      source: 'rows',
      rowsRead: 7,
      plan,
    });
    assert.deepEqual([newest?.kind, newest?.outcome, newest?.rowsRead], ['paths', 'over_time', null]);
  });

  it('are a hundred at most, each without a plan that is long', () => {
    const { telemetry, slow } = watch();
    const long = { kind: 'trend', filter: { field: 'path', op: 'in', value: ['x'.repeat(5_000)] } };
    telemetry.publish('query.slow', { ...signal, plan: long });
    assert.equal(slow.recent()[0]?.plan, null);
    for (let n = 0; n < 150; n++) telemetry.publish('query.slow', { ...signal, durationMs: n });
    assert.equal(slow.recent().length, 100);
    assert.equal(slow.recent()[0]?.durationMs, 149);
  });

  it('keep a plan as it was when it was told', () => {
    const { telemetry, slow } = watch();
    const changing = { kind: 'funnel', range: '30d' };
    telemetry.publish('query.slow', { ...signal, plan: changing });
    changing.range = '7d';
    assert.deepEqual(slow.recent()[0]?.plan, plan);
  });

  it('are no longer listened for once it is closed', () => {
    const { telemetry, slow } = watch();
    slow.close();
    assert.equal(telemetry.listened('query.slow'), false);
  });
});
