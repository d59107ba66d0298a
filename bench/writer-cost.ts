/**
 * What a million events cost in the writer's thread, apart from log and store: records like those of a busy server are fed to it,
 * window after window, and the blocks thrown away. Beside it the floors of its parts, each alone in this thread.
 * `node bench/writer-cost.ts [events a window]`; with `--cpu-prof` it says where the time goes.
 */
import { randomBytes } from 'node:crypto';
import { decodeBatch, encodeSent, type SentBatch } from '../src/event/codec.ts';
import { isRefusal, parseEvent } from '../src/event/parse-event.ts';
import type { LogRecord } from '../src/log/log.ts';
import { openPacker } from '../src/store/clickhouse/row-pack.ts';
import { IdHasher } from '../src/writer/dedupe-hash.ts';
import { ThreadMakers } from '../src/writer/maker-thread.ts';
import { openPrepareTools, prepareRow } from '../src/writer/prepare.ts';
import { prepareRequests } from './load/requests.ts';
import { median } from './statistics.ts';

const [windowEvents = 10_000] = process.argv.slice(2).map(Number);
const eventsPerRecord = 100;
const requestsAhead = 128;
const eventsEach = 200_000;
const rounds = Number(process.env.ROUNDS ?? 5);
const packer = new URL('../src/store/clickhouse/row-pack.ts', import.meta.url).href;

const requests = prepareRequests(
  { key: '', eventsPerRequest: eventsPerRecord, tag: 'cost' },
  requestsAhead,
).map((request) => ({ request, changes: changesOf(bodyOf(request.bytes)) }));
let sent = 0;

const tools = await openPrepareTools();
const makers = new ThreadMakers({ packer });
const maker = makers.of(0);
const key = randomBytes(16);
const floors: Readonly<Record<string, (records: readonly LogRecord[]) => unknown>> = {
  'JSON.parse of the text': (records) =>
    records.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('latin1', bytes.indexOf(10) + 1))),
  'the codec': (records) => records.map(({ bytes }) => decodeBatch(bytes)),
  'codec, hash of the ids': (records) => {
    const hasher = new IdHasher(key);
    for (const { bytes } of records) {
      const { project, events } = decodeBatch(bytes);
      for (const { eventId } of events) hasher.hashPair(project, eventId);
    }
  },
  'codec, rows': (records) => {
    let offsets = 0;
    for (const record of records) for (const { offset } of rowsOf(record)) offsets += offset;
    return offsets;
  },
  'codec, rows, columns': (records) => {
    const pack = openPack();
    for (const record of records) for (const row of rowsOf(record)) pack.add(row);
    return pack.seal();
  },
};
const openPack = openPacker();

await inThread(nextRecords());
const costs = [];
for (let round = 0; round < rounds; round++) costs.push(await cost(inThread));
console.log(
  `the writer's thread: ${median(costs).toFixed(2)} CPU-s a million (${costs.map((each) => each.toFixed(2)).join(', ')})`,
);
await makers.close();
if (!process.execArgv.includes('--cpu-prof')) {
  for (const [name, work] of Object.entries(floors)) {
    const one = async (records: readonly LogRecord[]) => void work(records);
    await cost(one);
    const each = [await cost(one), await cost(one), await cost(one)];
    console.log(`${name}: ${median(each).toFixed(2)}`);
  }
}

async function cost(work: (records: readonly LogRecord[]) => Promise<unknown>): Promise<number> {
  let microseconds = 0;
  for (let events = 0; events < eventsEach; events += windowEvents) {
    const records = nextRecords();
    const before = process.cpuUsage();
    await work(records);
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
  }
  return microseconds / (Math.ceil(eventsEach / windowEvents) * windowEvents);
}

async function inThread(records: readonly LogRecord[]): Promise<void> {
  const from = records[0]!.offset;
  maker.begin({ from, key, now: Date.now(), landed: [] });
  for (let at = 0; at < records.length; at += 30)
    await maker.feed(records.slice(at, at + 30), from, Number.POSITIVE_INFINITY);
  const { count } = await maker.decoded();
  const { rows } = await maker.finish([]);
  if (count !== windowEvents || rows !== windowEvents) throw new Error(`${rows} rows of ${windowEvents}`);
  maker.release(from);
}

function* rowsOf({ bytes, offset }: LogRecord) {
  const { project, receivedAt, events } = decodeBatch(bytes);
  let at = offset;
  for (const event of events)
    yield prepareRow(event, { partition: 0, offset: at++, project, receivedAt }, tools);
}

function nextRecords(): LogRecord[] {
  const receivedAt = Date.now();
  return Array.from({ length: windowEvents / eventsPerRecord }, () => {
    const { request, changes } = requests[(sent / eventsPerRecord) % requestsAhead]!;
    const text = bodyOf(request.number(sent));
    const bytes = Buffer.concat(encodeSent({ project: 'default', receivedAt, text, changes }));
    sent += eventsPerRecord;
    return { offset: sent - eventsPerRecord, count: eventsPerRecord, bytes: new Uint8Array(bytes) };
  });
}

function bodyOf(request: Buffer): Buffer {
  return request.subarray(request.indexOf('\r\n\r\n') + 4);
}

/** As the intake finds them. */
function changesOf(body: Buffer): SentBatch['changes'] {
  const events = JSON.parse(body.toString('utf8')) as unknown[];
  return events.flatMap((event, index) => {
    const parsed = parseEvent(event, Date.now());
    if (isRefusal(parsed)) throw new Error(parsed.reason);
    return parsed.changes === undefined ? [] : [[index, parsed.changes] as const];
  });
}
