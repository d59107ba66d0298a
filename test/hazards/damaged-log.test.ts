/**
 * The whole system starts on a damaged log. The last record is cut at every byte: it was never acknowledged then, so it goes
 * without a word and everything before it is counted. Bits are flipped anywhere: what is damaged is told with its place by
 * `verify-log`, by the ledger and by what prints, and everything else is counted.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../src/config.ts';
import { nodeFiles } from '../../src/log/disk/file-system.ts';
import { headerBytes } from '../../src/log/disk/record-codec.ts';
import { SegmentReader } from '../../src/log/disk/segment-reader.ts';
import { openSystem } from '../../src/system.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { adminKey, readKey, rounds, type ServerUnderTest, sleep, writeKey } from './harness.ts';
import { report } from './report.ts';
import { collect, get, type Queue, type Scene, scene } from './scene.ts';

const cli = join(import.meta.dirname, '../../src/cli/millrace.ts');
const records = 12;
const eventsInRecord = 3;
const drainMsMax = 20_000;

interface Place {
  readonly position: number;
  readonly end: number;
}

/** A data directory whose log holds `records` records that no store has seen, as after a crash. */
async function unreadLog(stage: Scene): Promise<{ segment: string; places: Place[] }> {
  const server = await stage.server({ MILLRACE_STORE: 'memory:' });
  server.start();
  await server.ready();
  for (let record = 0; record < records; record++) {
    const events = Array.from({ length: eventsInRecord }, (_, i) => ({
      eventId: `${record}-${i}`,
      type: 'click',
      timestamp: Date.now(),
      source: 'server',
    }));
    assert.equal((await collect(server.base, events)).status, 202);
  }
  await server.stop('SIGKILL');
  const directory = join(stage.data, 'log', '0');
  const name = readdirSync(directory).find((each) => each.endsWith('.segment'))!;
  const path = join(directory, name);
  const bytes = readFileSync(path).length;
  const file = await nodeFiles.open(path, 'read');
  const places: Place[] = [];
  const reader = new SegmentReader(file, { position: 0, end: bytes, offset: 0, aroundUnreadable: false });
  for (
    let step = await reader.next();
    step.kind === 'record';
    step = reader.buffered() ?? (await reader.next())
  )
    places.push({ position: step.position, end: step.end });
  await file.close();
  assert.equal(places.length, records);
  assert.equal(places.at(-1)!.end, bytes);
  return { segment: join('log', '0', name), places };
}

function copyOf(stage: Scene): string {
  const copy = join(stage.directory, 'copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(stage.data, copy, { recursive: true, filter: (path) => !path.endsWith('.lock') });
  return copy;
}

interface Seen {
  readonly total: number;
  readonly queue: Queue;
  readonly notes: readonly string[];
}

/** Opens the system in this process on a store that starts empty, sends one more event, and tells what is counted. */
async function lookThroughSystem(data: string): Promise<Seen> {
  const notes: string[] = [];
  const telemetry = new Telemetry();
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  const config = loadConfig({
    MILLRACE_DATA: data,
    PORT: '0',
    MILLRACE_STORE: 'memory:',
    MILLRACE_WRITER_FLUSH_INTERVAL_MS: '1',
    MILLRACE_WRITE_KEY: writeKey,
    MILLRACE_READ_KEY: readKey,
    MILLRACE_ADMIN_KEY: adminKey,
  });
  const system = await openSystem(config, telemetry);
  try {
    const more = { eventId: 'after', type: 'click', timestamp: Date.now(), source: 'server' };
    assert.equal((await collect(system.url, more)).status, 202);
    const queue = await drained(system.url);
    const summary = await get(system.url, '/api/v1/analytics/summary');
    const total = (JSON.parse(summary.body) as { data: { totalEvents: number } }).data.totalEvents;
    return { total, queue, notes };
  } finally {
    await system.close();
  }
}

async function drained(base: string): Promise<Queue> {
  for (const deadline = Date.now() + drainMsMax; ; await sleep(5)) {
    const queue = JSON.parse((await get(base, '/api/v1/queue')).body) as Queue;
    if (queue.queueLength === 0) return queue;
    assert.ok(Date.now() < deadline, `the queue does not drain: ${JSON.stringify(queue)}`);
  }
}

function verifyLog(data: string): { code: number | null; damage: { byte: number }[]; tornBytes: number } {
  const { status, stdout } = spawnSync(process.execPath, [cli, 'verify-log', '--json'], {
    env: { PATH: process.env.PATH, MILLRACE_DATA: data },
    encoding: 'utf8',
  });
  return { code: status, ...(JSON.parse(stdout) as { damage: { byte: number }[]; tornBytes: number }) };
}

/** `counted` is over all rounds; `acknowledged` what had to be there in each. */
function tell(
  t: TestContext,
  hazard: string,
  made: string,
  faults: number,
  acknowledged: number,
  counted: number,
  note: string,
): void {
  const row = { number: 2, hazard, made, rounds: faults, faults, note };
  const all = acknowledged * faults;
  report(t, {
    ...row,
    acknowledged: all,
    lost: Math.max(0, all - counted),
    doubled: Math.max(0, counted - all),
  });
}

test('a last record that is cut at any byte goes alone, and the system goes on', async (t) => {
  const stage = scene(t);
  const { segment, places } = await unreadLog(stage);
  const last = places.at(-1)!;
  // at a few dozen of its bytes in `npm test`, at every one of them with more rounds
  const step = rounds(20) >= 60 ? 1 : 8;
  let cuts = 0;
  let counted = 0;
  for (let length = last.position; length < last.end; length += step, cuts++) {
    const copy = copyOf(stage);
    truncateSync(join(copy, segment), length);
    if (cuts % 10 === 0) {
      const { code, damage, tornBytes } = verifyLog(copy);
      assert.deepEqual(
        { code, damage, tornBytes },
        { code: 0, damage: [], tornBytes: length - last.position },
      );
    }
    const { total, queue } = await lookThroughSystem(copy);
    // but for the one that was sent after
    counted += total - 1;
    assert.equal(total, (records - 1) * eventsInRecord + 1, `cut at byte ${length}`);
    assert.equal(queue.ledger?.lost, 0);
    assert.equal(queue.status, 'ok');
  }
  const made = `the log cut at every ${step === 1 ? '' : `${step}th `}byte of its last record, which so was never acknowledged`;
  tell(
    t,
    'torn tail',
    made,
    cuts,
    (records - 1) * eventsInRecord,
    counted,
    'all before it counted, no damage told',
  );
});

test('a flipped bit anywhere costs its record alone and is told with its place', async (t) => {
  const stage = scene(t);
  const { segment, places } = await unreadLog(stage);
  const times = rounds(20);
  let counted = 0;
  for (let round = 0; round < times; round++) {
    const copy = copyOf(stage);
    const path = join(copy, segment);
    // the last record of a log that was not closed cannot be told from a torn write
    const place = places[Math.floor(Math.random() * (records - 1))]!;
    // with enough rounds each byte of a header has its turn
    const at = round < headerBytes ? round : Math.floor(Math.random() * (place.end - place.position));
    const bytes = readFileSync(path);
    bytes[place.position + at]! ^= 1 << Math.floor(Math.random() * 8);
    writeFileSync(path, bytes);
    if (round % 5 === 0) {
      const { code, damage } = verifyLog(copy);
      assert.equal(code, 1);
      assert.deepEqual(
        damage.map(({ byte }) => byte),
        [place.position],
      );
    }
    const { total, queue, notes } = await lookThroughSystem(copy);
    counted += total - 1;
    assert.equal(
      total,
      (records - 1) * eventsInRecord + 1,
      `bit of byte ${at} of the record at ${place.position}`,
    );
    assert.equal(queue.ledger?.lost, eventsInRecord);
    assert.equal(queue.status, 'warning');
    assert.ok(
      notes.some((note) => note.includes(`damaged at byte ${place.position}`)),
      notes.join('\n'),
    );
  }
  const note = `what the disk damaged is gone: the ${eventsInRecord} events of that record, told as lost with their place; the rest counted`;
  tell(
    t,
    'a flipped bit',
    'one bit of one record of the log',
    times,
    records * eventsInRecord,
    counted,
    note,
  );
});

test('the real server serves the rest of a damaged log, and its store agrees', async (t) => {
  const stage = scene(t);
  const { segment, places } = await unreadLog(stage);
  const path = join(stage.data, segment);
  const bytes = readFileSync(path);
  bytes[places[4]!.position + headerBytes + 3]! ^= 16;
  writeFileSync(path, bytes);
  truncateSync(path, places.at(-1)!.end - 5);
  const server = await stage.server();
  server.start();
  await server.ready();
  await server.drained();
  const queue = await server.ask<Queue>('/api/v1/queue');
  const summary = await server.ask<{ data: { totalEvents: number } }>('/api/v1/analytics/summary?exact=true');
  assert.equal(summary.data.totalEvents, (records - 2) * eventsInRecord);
  assert.equal(queue.ledger?.lost, eventsInRecord);
  assert.equal(queue.status, 'warning');
  assert.match(server.output, /are lost: offsets 12 to 14 cannot be read/);
  assert.equal(await server.stop(), 0);
  // told again after a restart, and not counted twice
  server.start();
  await server.ready();
  assert.equal(await lostAsTold(server), eventsInRecord);
  assert.equal(await server.stop(), 0);
});

/** There is no ledger before the store has told the progress. */
async function lostAsTold(server: ServerUnderTest): Promise<number | undefined> {
  for (const deadline = Date.now() + drainMsMax; Date.now() < deadline; await sleep(20)) {
    const { ledger } = await server.ask<Queue>('/api/v1/queue');
    if (ledger !== null) return ledger.lost;
  }
  return undefined;
}
