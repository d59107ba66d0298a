/**
 * Questions that want too much, asked again and again by eight askers: each is refused with the name of the limit, and
 * collecting goes on as if nobody asked. The disk sets the pace (each fsync takes 40 ms), so that what is compared is whether
 * intake waits for questions, and not how two of them share the cores of this machine.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultySystem } from './faulty-system.ts';
import { adminKey, type ServerUnderTest, sleep } from './harness.ts';
import { Pressure } from './pressure.ts';
import { report } from './report.ts';
import { collectNoted, scene, settle } from './scene.ts';

const events = 200_000;
const requestEvents = 10_000;
const askers = 8;
/** Between two questions of an asker; without it refusals by themselves are a flood of requests. */
const pauseMs = 50;
const loops = 16;
const turnMs = 1_000;
const fsyncUs = 40_000;
/** Far below what is reported, because other tests share the processors: intake that waited for questions would all but stop. */
const shareMin = 0.3;

const limits = [
  { setting: 'MILLRACE_QUESTION_ROWS_MAX', value: '100000', code: 'over_rows' },
  { setting: 'MILLRACE_QUESTION_MEMORY_BYTES', value: '16MiB', code: 'over_memory' },
  { setting: 'MILLRACE_QUESTION_TIME_MS', value: '10', code: 'over_time' },
] as const;

/** Every person by themselves, counted exactly. */
const greedy = {
  kind: 'summary',
  from: '2026-10-01',
  to: '2026-11-01',
  exact: true,
  by: { field: 'userId', limit: 100 },
};

test('questions over their limits are refused by the limit’s name, and intake goes on at full speed', async (t) => {
  const stage = scene(t);
  const system = faultySystem(t, stage.directory);
  if (system === undefined) return;
  let server = await stage.server(system.environment);
  server.start();
  await server.ready();
  await fill(server, stage.ledgerPath);
  await server.stop();
  const shares: string[] = [];
  let refusals = 0;
  for (const { setting, value, code } of limits) {
    server = await stage.server({ ...system.environment, [setting]: value });
    server.start();
    await server.ready();
    system.set('syncDelayUs', fsyncUs);
    const pressure = new Pressure(server.base, stage.ledgerPath, loops, setting);
    // in turns, so that what else the machine does falls on both
    let alone = 0;
    let beside = 0;
    for (let turn = 0; turn < 3; turn++) {
      alone += (await pressure.closed(loops, turnMs)).accepted;
      const asking = ask(server, code, setting);
      beside += (await pressure.closed(loops, turnMs)).accepted;
      refusals += await asking.stop();
    }
    pressure.close();
    system.set('syncDelayUs', 0);
    const share = beside / alone;
    shares.push(`${code} ${Math.round(share * 100)} %`);
    t.diagnostic(`${code}: ${alone} events alone, ${beside} beside questions`);
    assert.ok(share >= shareMin, `${code}: intake fell to ${share} of what it is without questions`);
    await server.drained();
    if (setting !== limits.at(-1)!.setting) await server.stop();
  }
  // with the limits as they are
  await server.stop();
  const plain = await stage.server();
  plain.start();
  await plain.ready();
  const verdict = await settle(plain, stage);
  assert.deepEqual([verdict.lost, verdict.doubled, verdict.phantom], [0, 0, 0]);
  report(t, {
    number: 11,
    hazard: 'questions that want too much',
    made: `${askers} askers again and again, over ${events} events, one limit after the other lowered`,
    rounds: limits.length,
    faults: refusals,
    ...verdict,
    note: `each refused by the limit's name; intake beside them: ${shares.join(', ')} of alone`,
  });
});

async function fill(server: ServerUnderTest, ledgerPath: string): Promise<void> {
  for (let first = 0; first < events; first += requestEvents) {
    const batch = Array.from({ length: requestEvents }, (_, i) => ({
      eventId: `filled-${first + i}`,
      type: 'click',
      timestamp: Date.UTC(2026, 9, 1) + ((first + i) % 2_600_000) * 1_000,
      userId: `a-person-with-a-rather-long-name-${first + i}`,
      source: 'server',
    }));
    assert.equal((await collectNoted(server.base, ledgerPath, batch)).status, 202);
  }
  await server.drained();
}

/** Asks until it is stopped; `stop` resolves with how many were refused, all by this code and setting. */
function ask({ base }: ServerUnderTest, code: string, setting: string): { stop(): Promise<number> } {
  let stopping = false;
  let refused = 0;
  const loop = async () => {
    while (!stopping) {
      const response = await fetch(`${base}/api/v1/query`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(greedy),
      });
      const body = (await response.json()) as { code: string; detail: string };
      assert.deepEqual(
        { status: response.status, code: body.code },
        { status: 422, code },
        JSON.stringify(body),
      );
      assert.match(body.detail, new RegExp(setting));
      refused++;
      await sleep(pauseMs);
    }
  };
  const asking = Promise.all(Array.from({ length: askers }, loop));
  asking.catch(() => {});
  return {
    async stop() {
      stopping = true;
      await asking;
      return refused;
    },
  };
}
