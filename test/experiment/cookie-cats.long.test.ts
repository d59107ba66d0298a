/** A published experiment, sent to a real server and asked for: docs/experiments.md has these numbers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cookieCats, experimentId } from '../../scripts/demo/cookie-cats.ts';
import type { ExperimentData } from '../../src/query/wire.ts';
import { run, startServer, temporaryDirectory, until } from '../cli/server.ts';

const eventsPerRequest = 10_000;
const start = Date.UTC(2026, 0, 5);
const end = '2026-01-26';
const embedded = { MILLRACE_LOG: 'disk:', MILLRACE_STORE: 'embedded:' };

describe('cookie-cats', () => {
  it('through /api/collect gives the published rates, the warning about the ratio, and the verdicts in words', async (t) => {
    const directory = temporaryDirectory(t);
    const server = await startServer(t, directory, embedded);
    const call = async (path: string, key: string, body?: string) => {
      const response = await fetch(`${server.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body }),
      });
      assert.ok(response.ok, `${path}: ${response.status}`);
      return (await response.json()) as Record<string, unknown>;
    };
    const events = [...cookieCats(start)].flat();
    assert.equal(events.length, 90_189 + 40_153 + 16_781);
    for (let first = 0; first < events.length; first += eventsPerRequest) {
      const some = events.slice(first, first + eventsPerRequest);
      const { rejected } = await call('/api/collect', server.keys.write, JSON.stringify(some));
      assert.equal(rejected, 0);
    }
    await until(
      async () => (await call('/api/v1/queue', server.keys.read)).queueLength,
      (waiting) => waiting === 0,
    );

    const plan = { kind: 'experiment', experiment: experimentId, from: start, to: end, control: 'gate_30' };
    const asked = JSON.stringify({ ...plan, goals: ['retention_1', 'retention_7'] });
    const data = (await call('/api/v1/query', server.keys.read, asked)).data as unknown as ExperimentData;
    const rates = data.goals.map(({ goal, variants }) => [
      goal,
      ...variants.map(({ variant, exposed, rate }) => `${variant} ${exposed} ${(rate! * 100).toFixed(2)} %`),
    ]);
    assert.deepEqual(rates, [
      ['retention_1', 'gate_30 44700 44.82 %', 'gate_40 45489 44.23 %'],
      ['retention_7', 'gate_30 44700 19.02 %', 'gate_40 45489 18.20 %'],
    ]);
    assert.equal(data.ratio!.pValue.toFixed(4), '0.0086');

    const shown = await run(
      directory,
      [
        'experiment',
        'show',
        experimentId,
        '--from',
        '2026-01-05',
        '--to',
        '2026-01-25',
        '--control',
        'gate_30',
      ],
      { MILLRACE_URL: server.url, MILLRACE_READ_KEY: server.keys.read },
    );
    assert.match(shown.stdout, /^! the ratio of variants is off \(p = 0\.0086\): gate_30 44,700 /m);
    assert.match(shown.stdout, /^· retention_1: no difference shown between gate_40 and gate_30/m);
    assert.match(shown.stdout, /^· retention_7: gate_40 converts worse than gate_30: -4\.3 % /m);
  });
});
