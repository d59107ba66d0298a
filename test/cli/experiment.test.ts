/** Planning an experiment on the command line and over HTTP. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openServer, problemOf } from '../http/open-server.ts';
import { run, startServer, temporaryDirectory, until } from './server.ts';

describe('an experiment', () => {
  it('is shown in words and tables, and names of senders cannot move the cursor', async (t) => {
    const directory = temporaryDirectory(t);
    const server = await startServer(t, directory);
    const at = Date.UTC(2026, 0, 5);
    const events = Array.from({ length: 100 }, (_, i) => {
      const common = { userId: `u${i}`, timestamp: at, source: 'server' };
      const variantKey = i % 2 === 0 ? 'control' : 'red\u001b[2J';
      return [
        { ...common, type: 'EXPOSURE', experimentId: 'x', variantKey },
        ...(i % (i % 2 === 0 ? 8 : 3) === 0
          ? [{ ...common, type: 'CONVERSION', amount: String(i % 7) }]
          : []),
      ];
    }).flat();
    const headers = { authorization: `Bearer ${server.keys.write}`, 'content-type': 'application/json' };
    const body = JSON.stringify(events);
    await fetch(`${server.url}/api/collect`, { method: 'POST', headers, body });
    const show = (...options: string[]) =>
      run(directory, ['experiment', 'show', 'x', '--from', '2026-01-05', '--to', '2026-01-05', ...options], {
        MILLRACE_URL: server.url,
        MILLRACE_READ_KEY: server.keys.read,
      });
    const { stdout } = await until(
      () => show('--money'),
      ({ stdout }) => stdout.includes('control (control)       50'),
    );
    assert.ok(!stdout.includes('\u001b'));
    assert.match(stdout, /^. no difference shown yet between red.\[2J and control: /m);
    assert.match(stdout, /^control \(control\) +50 +13 +26\.00 % +15\.87 % to 39\.55 % +[\d.]+ %$/m);
    assert.match(stdout, /^no currency +exposed +with amounts +sum +mean per user/m);
    const asJson = JSON.parse((await show('--json', '--sessions')).stdout) as { data: { per: string } };
    assert.equal(asJson.data.per, 'session');
    const wrong = await show('--control', '');
    assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
  });
});

describe('the size of an experiment', () => {
  it('is printed as a sentence, or as JSON', async (t) => {
    const directory = temporaryDirectory(t);
    const size = ['experiment', 'size', '--rate', '0.1', '--lift', '0.05', '--per-day', '10000'];
    const { code, stdout } = await run(directory, size);
    assert.deepEqual(
      [code, stdout],
      [
        0,
        'To see a rate of 10 % change by +5.0 %, about 58,000 users of each of the 2 variants are needed, 120,000 in all: 12 days (confidence 95 %, power 80 %).\n',
      ],
    );
    assert.equal(JSON.parse((await run(directory, [...size, '--json'])).stdout).unitsPerVariant, 57_763);
    const wrong = await run(directory, ['experiment', 'size', '--rate', '0.1', '--lift', '-1']);
    assert.deepEqual(
      [wrong.code, wrong.stderr],
      [2, 'millrace: lift -1 makes the rate 0.1 into 0, which is not between 0 and 1\n'],
    );
  });

  it('is answered over HTTP', async (t) => {
    const { call, keys } = await openServer(t);
    const get = (query: string) => call(`/api/v1/analytics/sample-size?${query}`, { key: keys.read });
    const answer = await get('rate=0.1&lift=0.05&perDay=10000');
    assert.equal(answer.status, 200);
    const { data } = (await answer.json()) as { data: { units: number; days: number } };
    assert.deepEqual([data.units, data.days], [115_526, 12]);
    const problem = await problemOf(await get('rate=0.1&lift=50'));
    assert.equal(problem.code, 'request_invalid');
    assert.equal((await get('rate=0.1&lift=0.1&per_day=3')).status, 400);
  });
});
