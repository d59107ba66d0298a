/** `millrace import` as a person runs it: real files into a real server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openProxy } from '../tracker/server.ts';
import { program, type RunningServer, run, startServer, temporaryDirectory, until } from './server.ts';

interface Place {
  readonly directory: string;
  readonly server: RunningServer;
  import(...args: string[]): ReturnType<typeof run>;
  /** Countable events, once they are as many as wanted. */
  count(wanted: number): Promise<number>;
}

async function open(t: TestContext): Promise<Place> {
  const directory = temporaryDirectory(t);
  const server = await startServer(t, directory);
  const settings = { MILLRACE_URL: server.url, MILLRACE_WRITE_KEY: server.keys.write };
  const count = async () => {
    const response = await fetch(`${server.url}/api/v1/analytics/summary?bots=include`, {
      headers: { authorization: `Bearer ${server.keys.read}` },
    });
    return ((await response.json()) as { data: { totalEvents: number } }).data.totalEvents;
  };
  return {
    directory,
    server,
    import: (...args) => run(directory, ['import', ...args], settings),
    count: (wanted) => until(count, (found) => found >= wanted),
  };
}

const event = (n: number) =>
  JSON.stringify({ type: 'a', timestamp: Date.UTC(2026, 0, 1) + n, userId: `u${n % 100}` });
const events = (count: number) => Array.from({ length: count }, (_, n) => `${event(n)}\n`).join('');

describe('millrace import', () => {
  it('takes a file twice and counts it once, and what was added to it', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'events.ndjson');
    writeFileSync(path, events(3_000) + event(0));
    const first = await place.import(path);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^3,001 rows: 3,001 taken .*, 0 rejected\n\d/);
    assert.equal(await place.count(3_001), 3_001);
    writeFileSync(path, `${events(3_000)}${event(0)}\n${event(3_000)}`);
    assert.equal((await place.import(path)).code, 0);
    assert.equal(await place.count(3_002), 3_002);
    assert.deepEqual(readdirSync(place.directory).sort(), ['data', 'events.ndjson']);
  });

  it('takes one file from two imports at once, and standard input, and counts it once', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'events.ndjson.gz');
    writeFileSync(path, gzipSync(`${events(2_000)}broken\n`));
    const both = await Promise.all([place.import(path), place.import(path)]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [3, 3],
    );
    assert.equal(readFileSync(`${path}.rejected.ndjson`, 'utf8').split('\n').length, 2);
    const { MILLRACE_URL, MILLRACE_WRITE_KEY } = {
      MILLRACE_URL: place.server.url,
      MILLRACE_WRITE_KEY: place.server.keys.write,
    };
    const child = spawn(process.execPath, [program, 'import', '-', '--json'], {
      cwd: place.directory,
      env: { PATH: process.env.PATH, MILLRACE_URL, MILLRACE_WRITE_KEY },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(events(2_001));
    const output: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.equal(JSON.parse(output.join('')).accepted, 2_001);
    assert.equal(await place.count(2_001), 2_001);
  });

  it('keeps what is no event with its line and reason, whoever refuses it', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'events.ndjson');
    const huge = `{"type":"${'x'.repeat(5_000_000)}"}`;
    const lines = [
      event(1),
      'broken',
      '{"type":"b"}',
      huge,
      Buffer.from('{"type":"\xe9"}', 'latin1'),
      event(2),
    ];
    writeFileSync(
      path,
      Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.from('\n')])),
    );
    const { code, stdout, stderr } = await place.import(path, '--json');
    assert.deepEqual([code, stderr], [3, `millrace: rejected lines are in ${path}.rejected.ndjson\n`]);
    const { rows, accepted, rejected, reasons } = JSON.parse(stdout);
    assert.deepEqual([rows, accepted, rejected], [6, 2, 4]);
    assert.deepEqual(reasons, { not_json: 1, line_too_long: 1, not_utf8: 1, field_missing: 1 });
    const rejects = readFileSync(`${path}.rejected.ndjson`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(rejects.map(({ line, reason }) => [line, reason]).sort(), [
      [2, 'not_json'],
      [3, 'field_missing'],
      [4, 'line_too_long'],
      [5, 'not_utf8'],
    ]);
    assert.equal(rejects.find(({ line }) => line === 3).text, '{"type":"b"}');
    assert.equal(await place.count(2), 2);
  });

  it('goes on at a line with the ids of the whole file', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'events.ndjson');
    writeFileSync(path, `${event(1)}\n`.repeat(100));
    const late = await place.import(path, '--from-line', '41', '--json');
    assert.equal(JSON.parse(late.stdout).accepted, 60);
    assert.equal(await place.count(60), 60);
    assert.equal((await place.import(path)).code, 0);
    assert.equal(await place.count(100), 100);
  });

  it('stops at the first rejected line when it is strict', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'events.ndjson');
    writeFileSync(path, `${event(1)}\nbroken\n${events(100)}`);
    const { code, stderr } = await place.import(path, '--strict', '--rejects', join(place.directory, 'no'));
    assert.equal(code, 1);
    assert.match(stderr, /line 2: .* \(not_json\); --strict stops here/);
    assert.ok(existsSync(join(place.directory, 'no')));
  });

  it('takes what there is of a file that was cut, and ends with 1', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'events.ndjson.gz');
    const whole = gzipSync(events(20_000), { level: 0 });
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    const { code, stdout, stderr } = await place.import(path, '--json');
    assert.equal(code, 1);
    assert.match(stderr, /ends in the middle of its packed data: it was cut, or is still being written\n$/);
    const { accepted } = JSON.parse(stdout);
    assert.ok(accepted > 5_000 && accepted < 15_000);
    assert.equal(await place.count(accepted), accepted);
    writeFileSync(path, whole);
    assert.equal((await place.import(path)).code, 0);
    assert.equal(await place.count(20_000), 20_000);
  });

  it('waits for a server that answers 503 for a while', async (t) => {
    const place = await open(t);
    const proxy = await openProxy(t, place.server.url, [
      { status: 503, retryAfter: '1' },
      { status: 502 },
      'pass',
    ]);
    const path = join(place.directory, 'events.ndjson');
    writeFileSync(path, events(3_000));
    // the first request is the one that looks whether a server is there
    const { code, stderr } = await place.import(path, '--url', proxy.url);
    assert.equal(code, 0, stderr);
    assert.equal(await place.count(3_000), 3_000);
  });

  it('ends with 2, before anything is sent, when it cannot be done', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'a.csv');
    writeFileSync(path, 'ts,uid\n2026-01-01,u\n');
    const wrong: [string[], RegExp][] = [
      [[place.directory], /is a directory; name its files/],
      [['no.csv'], /there is no file no\.csv/],
      [
        [path, '--map', 'timestamp=when', '--set', 'type=a'],
        /there is no column when; .* has the columns ts, uid/,
      ],
      [[path, '--map', 'time=ts'], /there is no field time; did you mean timestamp\?/],
      [[path, '--site', 'example.com'], /--site must look like/],
      [[path, '--url', 'ftp://x'], /url must look like/],
    ];
    for (const [args, message] of wrong) {
      const { code, stdout, stderr } = await place.import(...args);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, message);
    }
    assert.equal((await run(place.directory, ['import', path])).code, 2, 'no key');
  });

  it('ends with 1 when no server answers, and when the key opens nothing', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'events.ndjson');
    writeFileSync(path, events(10));
    const away = await place.import(path, '--url', 'http://127.0.0.1:9');
    assert.equal(away.code, 1);
    assert.match(away.stderr, /no server answers at http:\/\/127\.0\.0\.1:9 .*millrace serve/);
    const closed = await place.import(path, '--key', 'a-key-that-opens-nothing');
    assert.equal(closed.code, 1);
    assert.match(
      closed.stderr,
      /unknown or was revoked.*10 rows are without an answer; run the same import again/,
    );
  });

  it('has nothing to do with an empty file', async (t) => {
    const place = await open(t);
    const path = join(place.directory, 'empty.log');
    writeFileSync(path, '');
    const { code, stderr } = await place.import(path);
    assert.deepEqual([code, stderr], [0, `${path} is empty\n`]);
  });
});
