/**
 * Mutated bodies and a corpus of nasty ones, most of them straight into the collector, a share over HTTP into the whole
 * system: nothing crashes, nothing is 5xx, no promise is left without a handler, what is sound beside them is kept, and
 * what was accepted can be read back and made into a row. FUZZ sets how many.
 */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../src/errors.ts';
import { decodeBatch } from '../../src/event/codec.ts';
import { nativeBlock } from '../../src/store/clickhouse/native-block.ts';
import { eventColumns } from '../../src/store/clickhouse/schema.ts';
import { openPrepareTools, prepareRow } from '../../src/writer/prepare.ts';
import { openCollector } from '../collect/open-collector.ts';
import { type ServerUnderTest, writeKey } from './harness.ts';
import { contentTypes, mutated, nastyBodies, soundEvent } from './nasty-bodies.ts';
import { report } from './report.ts';
import { type Queue, scene } from './scene.ts';

const count = Number(process.env.FUZZ ?? 60_000);
/** Every so many goes over HTTP too. */
const overHttpEvery = 20;
const roundBodies = 2_000;

const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
before(() => process.on('unhandledRejection', note));
after(() => {
  process.off('unhandledRejection', note);
  assert.deepEqual(unhandled, []);
});

/** What is left of `count`, in rounds that each start with a log of their own. */
function* roundsOf(total: number): Generator<number> {
  for (let left = total; left > 0; left -= roundBodies) yield Math.min(left, roundBodies);
}

test('whatever is sent to the collector is refused for a reason or can be stored', async (t) => {
  const tools = await openPrepareTools();
  let bodies = 0;
  let accepted = 0;
  let refused = 0;
  let stored = 0;
  const seed = Math.floor(Math.random() * 2 ** 31);
  for (const size of roundsOf(count)) {
    const { collect, records } = openCollector();
    const generated = fc.sample(mutated, { numRuns: size, seed: seed + bodies });
    for (const body of bodies === 0 ? [...nastyBodies, ...generated] : generated) {
      const contentType = contentTypes[bodies % contentTypes.length];
      bodies++;
      try {
        const result = await collect(Buffer.from(body as string), { contentType });
        accepted += result.accepted;
        refused += result.rejected;
      } catch (error) {
        assert.ok(
          isFailure(error) && error.status < 500,
          `${String(error)} for ${JSON.stringify(String(body))}, seed ${seed}`,
        );
        refused++;
      }
    }
    // each that was accepted becomes a row, and the rows a block
    const rows = (await records()).flatMap((bytes) => {
      const { project, receivedAt, events } = decodeBatch(bytes);
      return events.map((event, offset) =>
        prepareRow(event, { partition: 0, offset, project, receivedAt }, tools),
      );
    });
    nativeBlock(eventColumns, rows);
    stored += rows.length;
  }
  assert.equal(stored, accepted);
  assert.ok(accepted > bodies / 20, `only ${accepted} of ${bodies} were accepted: this tests too little`);
  assert.ok(refused > bodies / 20);
  report(t, {
    number: 10,
    hazard: 'malformed bodies into the collector',
    made: `fast-check's mutations and ${nastyBodies.length} nasty bodies; seed ${seed}`,
    rounds: bodies,
    faults: refused,
    acknowledged: accepted,
    lost: accepted - stored,
    note: 'no error but those of the catalog; all that was accepted became rows',
  });
});

test('over HTTP nothing is 5xx, the server lives, and a sound neighbor is kept', async (t) => {
  const stage = scene(t);
  const server = await stage.server();
  server.start();
  await server.ready();
  const total = Math.ceil(count / overHttpEvery);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const answers = new Map<number, number>();
  let sent = 0;
  for (const size of roundsOf(total)) {
    const bodies = [
      ...(sent === 0 ? nastyBodies : []),
      ...fc.sample(mutated, { numRuns: size, seed: seed + sent }),
    ];
    const next = bodies.entries();
    const loop = async () => {
      for (const [i, body] of next) {
        const status = await post(server, Buffer.from(body as string), contentTypes[i % contentTypes.length]);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        assert.ok(
          status >= 200 && status < 500,
          `${status} for ${JSON.stringify(String(body))}, seed ${seed}`,
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, loop));
    sent += bodies.length;
  }
  // a sound event among nasty ones, a line each
  const beside = nastyBodies
    .map((body) => Buffer.from(body as string))
    .filter((body) => !body.includes('\n'));
  const lines = beside.flatMap((body, i) => [
    body,
    Buffer.from(`\n${JSON.stringify({ ...soundEvent, type: 'neighbor', eventId: `neighbor-${i}` })}\n`),
  ]);
  assert.equal(await post(server, Buffer.concat(lines), 'application/x-ndjson'), 202);
  await server.drained();
  const { data } = await server.ask<{ data: { eventsByType: Record<string, number> } }>(
    '/api/v1/analytics/summary?bots=include',
  );
  assert.equal(data.eventsByType.neighbor, beside.length);
  const queue = await server.ask<Queue>('/api/v1/queue');
  assert.equal(queue.ledger?.quarantined, 0, 'what was accepted must be storable');
  assert.equal(await server.stop(), 0);
  assert.doesNotMatch(server.output, /not foreseen|unhandled/i);
  report(t, {
    number: 10,
    hazard: 'malformed requests over HTTP',
    made: `the same bodies to a real server; seed ${seed}`,
    rounds: sent,
    faults: sent - (answers.get(202) ?? 0),
    acknowledged: beside.length,
    lost: beside.length - (data.eventsByType.neighbor ?? 0),
    note: `answers: ${[...answers]
      .sort()
      .map(([status, times]) => `${times} × ${status}`)
      .join(', ')}; ${beside.length} sound neighbors kept`,
  });
});

function post({ base }: ServerUnderTest, body: Buffer, contentType: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${writeKey}`,
      ...(contentType && { 'content-type': contentType }),
    };
    const sent = request(`${base}/api/collect`, { method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
