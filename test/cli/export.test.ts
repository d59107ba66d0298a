import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { Answer, EventData } from '../../src/query/wire.ts';
import { type RunningServer, run, startServer, temporaryDirectory, until } from './server.ts';

const start = Date.UTC(2026, 0, 5);
const events = 1_200;

/** Pages, clicks and orders of people, bots and servers; text that formats like to break. */
const eventAt = (i: number) => ({
  eventId: `order-${i}`,
  type: ['pageview', 'click', 'purchase', '=1+1', 'a,"b"\nc'][i % 5],
  timestamp: new Date(start + ((i * 7919) % 3_000) * 1_000).toISOString(),
  ...(i % 3 === 0 ? { url: `https://shop.test/p/${i % 7}?utm_source=mail`, userAgent: agents[i % 2] } : {}),
  ...(i % 4 === 0 ? { userId: `u${i % 50}` } : {}),
  ...(i % 11 === 0 ? { amount: `${(i % 7) - 3}.05`, currency: i % 2 ? 'EUR' : 'USD' } : {}),
  ...(i % 2 === 0
    ? { properties: { plan: ['pro', 1, true][i % 3], 'cart.items': i % 4, list: [1, 'x'] } }
    : {}),
});
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Googlebot/2.1 (+http://www.google.com/bot.html)',
];

const questions = [
  { kind: 'summary', metrics: ['events', 'users', 'amount'], exact: true, bots: 'include' },
  { kind: 'summary', by: 'bot', bots: 'include' },
  { kind: 'trend', interval: 'hour', metrics: ['events', 'users'], by: 'country' },
  { kind: 'breakdown', by: ['device', 'path', 'properties.plan', 'utmSource'], limit: 20, bots: 'include' },
  { kind: 'breakdown', by: ['type', 'channel'], metrics: ['events', 'users', 'amount'], limit: 3 },
  { kind: 'summary', filter: { field: 'properties.cart.items', op: 'gte', value: 2 }, bots: 'only' },
].map((plan) => ({ from: '2026-01-05', to: '2026-01-06', ...plan }));

test('an export continues after a break, and what is imported elsewhere gives the same answers', async (t) => {
  const directory = temporaryDirectory(t);
  const embedded = { MILLRACE_STORE: 'embedded:' };
  const server = await startServer(t, directory, embedded);
  await collect(server, Array.from({ length: events }, (_, i) => JSON.stringify(eventAt(i))).join('\n'));
  const file = join(directory, 'events.ndjson');
  const options = [
    '--url',
    server.url,
    '--key',
    server.keys.read,
    '--from',
    '2026-01-05',
    '--to',
    '2026-01-05',
  ];
  const exported = (...more: string[]) => run(directory, ['export', ...options, ...more]);

  await t.test('a file is written whole, oldest first', async () => {
    const done = await exported('-o', file);
    assert.equal(done.code, 0, done.stderr);
    const lines = linesOf(file);
    assert.equal(new Set(lines.map(({ eventId }) => eventId)).size, events);
    const times = lines.map(({ timestamp }) => timestamp);
    assert.deepEqual(times, [...times].sort());
    const again = await exported('-o', file);
    assert.equal(again.code, 2, 'a file that is there is not written over');
  });

  await t.test('a torn file is continued after its last whole event', async () => {
    const whole = readFileSync(file, 'utf8');
    truncateSync(file, Math.floor(whole.length / 3));
    assert.equal((await exported('-o', file, '--resume')).code, 0);
    assert.equal(readFileSync(file, 'utf8'), whole);
    assert.equal((await exported('-o', file, '--resume')).code, 0, 'there may be nothing left');
    assert.equal(readFileSync(file, 'utf8'), whole);
  });

  await t.test('CSV is continued too, and harmless for spreadsheets', async () => {
    const csv = join(directory, 'events.csv');
    assert.equal((await exported('-o', csv, '--format', 'csv')).code, 0);
    const whole = readFileSync(csv, 'utf8');
    truncateSync(csv, Math.floor(whole.length / 2));
    appendFileSync(csv, 'x"torn\n');
    truncateSync(csv, Math.floor(whole.length / 2));
    assert.equal((await exported('-o', csv, '--format', 'csv', '--resume')).code, 0);
    assert.equal(readFileSync(csv, 'utf8'), whole);
    const rows = parse(whole, { columns: true }) as Record<string, string>[];
    assert.equal(rows.length, events);
    assert.equal(rows.filter(({ type }) => type === "'=1+1").length, events / 5);
    assert.ok(rows.some(({ type }) => type === 'a,"b"\nc'));
    assert.ok(rows.some(({ amount }) => amount === '-2.95' || amount === '-3.05' || amount === '-1.95'));
  });

  await t.test('Parquet holds the same events', async () => {
    const parquet = join(directory, 'events.parquet');
    const done = await exported('-o', parquet, '--format', 'parquet');
    assert.equal(done.code, 0, done.stderr);
    const { parquetReadObjects } = await import('hyparquet');
    const bytes = readFileSync(parquet);
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
    });
    const wanted = linesOf(file);
    assert.deepEqual(
      rows.map(({ eventId, amount, bot, timestamp, properties }) => ({
        eventId,
        amount: amount ?? undefined,
        bot,
        timestamp: (timestamp as Date).toISOString(),
        properties: properties ? JSON.parse(properties as string) : undefined,
      })),
      wanted.map(({ eventId, amount, bot, timestamp, properties }) => ({
        eventId,
        amount,
        bot,
        timestamp,
        properties,
      })),
    );
    assert.ok(!existsSync(`${parquet}.part`));
  });

  await t.test('another server that is sent the export answers the same', async (t) => {
    const elsewhere = temporaryDirectory(t);
    const other = await startServer(t, elsewhere, embedded);
    const lines = readFileSync(file, 'utf8');
    await collect(other, lines, { 'user-agent': agents[1]! });
    for (const question of questions)
      assert.deepEqual(await ask(other, question), await ask(server, question));
    const second = await run(elsewhere, ['export', '--url', other.url, '--key', other.keys.read]);
    const known = ({ receivedAt: _, ...event }: EventData) => event;
    const sorted = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => known(JSON.parse(line)))
        .sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
    assert.deepEqual(sorted(second.stdout), sorted(lines));
  });

  await t.test('an event that is not there is no place to go on from', async () => {
    writeFileSync(join(directory, 'odd.ndjson'), '{"eventId":"nobody"}\n');
    const done = await exported('-o', join(directory, 'odd.ndjson'), '--resume');
    assert.equal(done.code, 1);
    assert.match(done.stderr, /after must be the eventId of an event between from and to/);
  });

  await t.test('an answer is written as CSV', async () => {
    const query = (...more: string[]) =>
      run(directory, ['query', ...options, '--by', 'type', '--by', 'bot', '--bots', 'include', ...more]);
    const csv = (await query('--format', 'csv')).stdout;
    const [all, first] = parse(csv, { columns: true }) as Record<string, string>[];
    assert.deepEqual([all?.row, all?.events], ['all', String(events)]);
    assert.deepEqual(Object.keys(first!), ['row', 'type', 'bot', 'events', 'users']);
    assert.match((await query()).stdout, /\(all\) +1,200/);
    const list = (await run(directory, ['query', ...options, '--list', '--limit', '3', '--format', 'ndjson']))
      .stdout;
    assert.equal(list.trim().split('\n').length, 3);
  });
});

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as EventData);

async function collect(server: RunningServer, lines: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/api/collect`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.keys.write}`,
      'content-type': 'application/x-ndjson',
      ...headers,
    },
    body: lines,
  });
  const outcome = (await response.json()) as { accepted: number; rejected: number };
  assert.deepEqual([response.status, outcome.accepted, outcome.rejected], [202, events, 0]);
  const all = { ...questions[0]!, metrics: ['events'] };
  const counted = await until(
    () => ask(server, all).catch(() => undefined),
    (data) => data?.kind === 'summary' && data.total.events === events,
  );
  assert.ok(counted?.kind === 'summary' && counted.total.events === events);
}

async function ask(server: RunningServer, plan: object): Promise<Answer['data']> {
  const response = await fetch(`${server.url}/api/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.keys.read}`, 'content-type': 'application/json' },
    body: JSON.stringify(plan),
  });
  const body = (await response.json()) as Answer;
  assert.equal(response.status, 200, JSON.stringify(body));
  return body.data;
}
