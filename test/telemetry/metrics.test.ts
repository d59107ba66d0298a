/** What /metrics shows, from signals alone. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { Recent } from '../../src/telemetry/recent.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

function open(t: TestContext) {
  const telemetry = new Telemetry();
  const time = { ms: 0 };
  const metrics = new Metrics(telemetry, 1_700_000_000_000, () => time.ms);
  t.after(() => metrics.close());
  return { telemetry, metrics, time };
}

const line = (text: string, start: string) => text.split('\n').find((each) => each.startsWith(start));

describe('metrics', () => {
  it('counts what collecting says', async (t) => {
    const { telemetry, metrics } = open(t);
    telemetry.publish('collect.request', {
      status: 202,
      durationMs: 3,
      accepted: 5,
      rejected: 1,
      bytes: 700,
    });
    telemetry.publish('collect.refused', { reason: 'type_missing', count: 1 });
    const text = await metrics.text();
    assert.equal(
      line(text, 'millrace_collect_events_accepted_total'),
      'millrace_collect_events_accepted_total 5',
    );
    assert.equal(
      line(text, 'millrace_collect_refusals_total{'),
      'millrace_collect_refusals_total{reason="type_missing"} 1',
    );
    assert.equal(
      line(text, 'millrace_collect_duration_seconds_bucket{le="0.005"}'),
      'millrace_collect_duration_seconds_bucket{le="0.005"} 1',
    );
    assert.match(text, /millrace_collect_recent_duration_seconds\{quantile="0.99"\} 0\.003/);
  });

  it('shows the state of the engine as one gauge a state', async (t) => {
    const { telemetry, metrics } = open(t);
    telemetry.publish('engine.state', { state: 'ready', reason: '' });
    telemetry.publish('engine.state', { state: 'down', reason: 'killed' });
    const text = await metrics.text();
    assert.equal(
      line(text, 'millrace_engine_state{state="ready"}'),
      'millrace_engine_state{state="ready"} 0',
    );
    assert.equal(line(text, 'millrace_engine_state{state="down"}'), 'millrace_engine_state{state="down"} 1');
  });

  it('bounds the values of a label', async (t) => {
    const { telemetry, metrics } = open(t);
    for (let i = 0; i < 5000; i++) telemetry.publish('collect.refused', { reason: `r${i}`, count: 1 });
    const lines = (await metrics.text())
      .split('\n')
      .filter((each) => each.startsWith('millrace_collect_refusals_total{'));
    assert.equal(lines.length, 101);
    assert.ok(lines.includes('millrace_collect_refusals_total{reason="other"} 4900'));
  });

  it('leaves out a reading that fails and shows the others', async (t) => {
    const { metrics } = open(t);
    metrics.watch({
      queueLength: () => 7,
      lagMs: () => 1500,
      deadLetters: () => Promise.reject(new Error('the store is down')),
      logBytes: () => 10,
      storeBytes: () => 20,
    });
    const text = await metrics.text();
    assert.equal(line(text, 'millrace_queue_length'), 'millrace_queue_length 7');
    assert.equal(line(text, 'millrace_queue_lag_seconds'), 'millrace_queue_lag_seconds 1.5');
    assert.equal(line(text, 'millrace_dead_letters'), undefined);
  });

  it('names every series with the prefix', async (t) => {
    const { metrics } = open(t);
    const names = (await metrics.text()).match(/^# TYPE (\S+)/gm) ?? [];
    assert.ok(names.length > 30);
    for (const name of names) assert.match(name, /^# TYPE millrace_/);
  });

  it('says nothing more after it is closed', async (t) => {
    const { telemetry, metrics } = open(t);
    metrics.close();
    assert.equal(telemetry.listened('collect.request'), false);
    assert.equal((await metrics.text()).trim(), '');
  });
});

describe('recent durations', () => {
  it('gives quantiles at most five percent too high', () => {
    const recent = new Recent(() => 0);
    for (let ms = 1; ms <= 1000; ms++) recent.observe(ms, 1);
    for (const [share, exact] of [
      [0.5, 500],
      [0.95, 950],
      [0.99, 990],
    ] as const) {
      const quantile = recent.quantileMs(share)!;
      assert.ok(quantile >= exact && quantile <= exact * 1.051, `${share}: ${quantile}`);
    }
  });

  it('forgets after a minute', () => {
    let now = 0;
    const recent = new Recent(() => now);
    recent.observe(5, 100);
    now = 9_000;
    assert.ok(recent.perSecond() > 10);
    now = 61_000;
    assert.equal(recent.perSecond(), 0);
    assert.equal(recent.quantileMs(0.99), undefined);
    recent.observe(1, 1);
    assert.ok(recent.quantileMs(0.99)! < 2);
  });

  it('shows the connections of pools, and where questions go', async (t) => {
    const { telemetry, metrics } = open(t);
    const read = { size: 6, idle: 2, waiting: 1, max: 10, uses: 77 };
    metrics.watchPools(() => ({ read, write: { ...read, idle: 6 } }));
    telemetry.publish('postgres.busy', { pool: 'read', used: 8, waiting: 0, max: 10 });
    telemetry.publish('postgres.replica', { state: 'behind', place: 'h:1', reason: 'late', lagMs: 9_000 });
    const text = await metrics.text();
    for (const line of [
      'millrace_postgres_pool_connections{pool="read"} 6',
      'millrace_postgres_pool_connections_in_use{pool="read"} 4',
      'millrace_postgres_pool_connections_in_use{pool="write"} 0',
      'millrace_postgres_pool_connections_max{pool="read"} 10',
      'millrace_postgres_pool_waiting{pool="read"} 1',
      'millrace_postgres_pool_uses{pool="read"} 77',
      'millrace_postgres_pool_busy_total{pool="read"} 1',
      'millrace_postgres_replica{state="behind"} 1',
      'millrace_postgres_replica{state="used"} 0',
    ])
      assert.ok(text.includes(`${line}\n`), line);
  });
});
