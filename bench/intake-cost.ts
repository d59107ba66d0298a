/**
 * What one request costs in processor time up to its answer: the intake alone against the bare server, in alternating short
 * runs. For work on the hot path on a busy machine, where time says little: node bench/intake-cost.ts [EVENTS A REQUEST].
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminKey } from '../test/hazards/harness.ts';
import { Load } from './load/load.ts';
import { BaselineServer } from './servers.ts';
import { median } from './statistics.ts';

const eventsPerRequest = Number(process.argv[2] ?? 1);
const pairs = Number(process.env.PAIRS ?? 7);
const runMs = 1_500;
const directory = mkdtempSync(join(tmpdir(), 'millrace-intake-'));
const servers = [await BaselineServer.bare(directory), await BaselineServer.intake(directory)];
const loads = await Promise.all(
  servers.map(({ port }) =>
    Load.open({ port, key: adminKey, connections: 64, eventsPerRequest, eventsPerSecond: 0 }),
  ),
);
const costs: number[][] = [[], []];
try {
  for (const load of loads) await load.run(runMs);
  for (let pair = 0; pair < pairs; pair++) {
    for (const [side, server] of servers.entries()) {
      const before = server.cpuSeconds();
      const run = await loads[side]!.run(runMs);
      if (run.requests === 0)
        throw new Error(`nothing was accepted; the last status was ${run.refusedStatus}`);
      costs[side]!.push((1e6 * (server.cpuSeconds() - before)) / run.requests);
    }
  }
} finally {
  await Promise.all([...loads, ...servers].map((each) => each.close()));
  rmSync(directory, { recursive: true, force: true });
}
const [bare, ours] = costs.map((each) => median(each)) as [number, number];
const ratio = median(costs[0]!.map((cost, pair) => cost / costs[1]![pair]!));
console.log(
  `µs of processor a request: bare ${bare.toFixed(1)}, intake ${ours.toFixed(1)}, ratio ${ratio.toFixed(2)}`,
);
