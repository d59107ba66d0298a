/**
 * The server, and apart from that the engine's process, is killed with SIGKILL at random moments under load, again and
 * again. In the end: nothing acknowledged is lost, nothing is doubled, nothing is there that nobody sent, rollups equal
 * rows, and the ledger balances. ROUNDS sets how many kills of each.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, judge, LoadClient, readLedger, rounds, ServerUnderTest, sleep } from './harness.ts';
import { report } from './report.ts';
import { withStore } from './stored.ts';

/** An engine is started again after a pause that grows, so its rounds take longer. */
const roundsUsual = { server: 20, engine: 14 };
const roundMsMin = 100;
const roundMsMax = 900;
const pollMs = 20;
/** Enough to have many requests and a batch under way at each blow; what piles up while the engine is away must be stored in the end. */
const loops = 4;
const eventsMax = 12;

interface Answered {
  readonly data: { readonly totalEvents: number; readonly uniqueUsers: number };
}

/** After a kill there is none for a while: whoever counts kills must wait for something to kill. */
async function enginesOf(server: ServerUnderTest): Promise<readonly number[]> {
  for (;;) {
    const engines = server.children();
    if (engines.length > 0) return engines;
    await sleep(pollMs);
  }
}

for (const victim of ['server', 'engine'] as const) {
  test(`kill -9 of the ${victim} under load loses and doubles nothing`, async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
    const server = new ServerUnderTest(data, await freePort());
    const ledgerPath = join(data, 'client-ledger');
    let client: LoadClient | undefined;
    t.after(async () => {
      await client?.stop().catch(() => {});
      await server.stop('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    });
    server.start();
    await server.ready();
    client = new LoadClient(server.base, ledgerPath, victim, loops, eventsMax);
    let kills = 0;
    for (let round = 0; round < rounds(roundsUsual[victim]); round++) {
      await sleep(roundMsMin + Math.random() * (roundMsMax - roundMsMin));
      if (victim === 'server') {
        await server.stop('SIGKILL');
        server.start();
      } else {
        for (const pid of await enginesOf(server)) process.kill(pid, 'SIGKILL');
      }
      kills++;
      // Every other round the next blow falls while the last one is still being recovered from.
      if (round % 2 === 0) await server.ready();
    }
    await server.ready();
    await client.stop();
    await server.drained();

    const exact = await server.ask<Answered>(
      '/api/v1/analytics/summary?from=2026-10-01&to=2026-11-30&exact=true',
    );
    const rolled = await server.ask<Answered>('/api/v1/analytics/summary?from=2026-10-01&to=2026-11-30');
    const queue = await server.ask<{ ledger: Record<string, number> }>('/api/v1/queue');
    assert.equal(await server.stop(), 0, `the server did not close in order:\n${server.output}`);

    const { ids, differences } = await withStore(data, async ({ ids, store }) => ({
      ids: await ids(),
      differences: await store.verifyRollups(),
    }));
    const verdict = judge(await readLedger(ledgerPath), ids);
    assert.ok(verdict.acknowledged > 0, 'the client got no acknowledgement at all');
    assert.deepEqual(
      { lost: verdict.lost, doubled: verdict.doubled, phantom: verdict.phantom },
      { lost: 0, doubled: 0, phantom: 0 },
    );
    assert.deepEqual(differences, []);
    assert.equal(exact.data.totalEvents, verdict.stored);
    assert.equal(rolled.data.totalEvents, verdict.stored);
    const {
      accepted = 0,
      stored = 0,
      duplicates = 0,
      quarantined = 0,
      lost = 0,
      inFlight = 0,
    } = queue.ledger;
    assert.equal(stored, verdict.stored);
    assert.equal(accepted, stored + duplicates + quarantined + lost + inFlight);
    assert.equal(lost, 0);
    report(t, {
      number: 1,
      hazard: `the ${victim} is killed`,
      made: 'kill -9 at random moments under load, every other time while the last kill is being recovered from',
      rounds: kills,
      faults: kills,
      ...verdict,
      note: 'rollups equal rows; the ledger balances',
    });
  });
}
