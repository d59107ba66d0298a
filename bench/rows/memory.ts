/** What all processes hold at 1,000 events a second over minutes, and whether that grows. */
import { adminKey, sleep } from '../../test/hazards/harness.ts';
import { Load } from '../load/load.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { MillraceServer } from '../servers.ts';
import { median } from '../statistics.ts';

const eventsPerSecond = 1_000;
const durationMs = 600_000;
const sampleMs = 2_000;

export const memoryRow: Row = {
  name: 'memory',
  async run({ directory, scale, say }: BenchContext): Promise<readonly Figure[]> {
    const millrace = await MillraceServer.open(directory);
    const load = await Load.open({
      port: millrace.port,
      key: adminKey,
      connections: 8,
      eventsPerRequest: 10,
      eventsPerSecond,
    });
    try {
      const running = load.run(durationMs * scale);
      const samples: ReturnType<MillraceServer['memory']>[] = [];
      for (
        const until = performance.now() + durationMs * scale;
        performance.now() < until;
        await sleep(sampleMs)
      )
        samples.push(millrace.memory());
      const { events, elapsedMs } = await running;
      say(`${events} events in ${Math.round(elapsedMs / 1000)} s`);
      return [figure(samples, elapsedMs)];
    } finally {
      await load.close();
      await millrace.close();
    }
  },
};

function figure(samples: readonly ReturnType<MillraceServer['memory']>[], elapsedMs: number): Figure {
  const resident = samples.map(({ residentBytes }) => residentBytes / 1e6);
  const anonymous = samples.map(({ anonymousBytes }) => anonymousBytes / 1e6);
  const third = Math.ceil(resident.length / 3);
  const middle = median(resident.slice(third, 2 * third));
  const last = median(resident.slice(-third));
  return {
    name: `memory of all processes at ${eventsPerSecond} events/s`,
    baseline: '(absolute)',
    value: `${Math.round(last)} MB resident, ${Math.round(median(anonymous.slice(-third)))} MB anonymous`,
    samples: resident,
    reach: '550 MB, no growth',
    aim: '450 MB, anonymous 300 MB',
    isReached: last <= 550,
    detail: `over ${Math.round(elapsedMs / 1000)} s; second third ${Math.round(middle)}, last ${Math.round(last)}, most ${Math.round(Math.max(...resident))} MB; at the end ${samples.at(-1)?.byProcess} MB`,
  };
}
