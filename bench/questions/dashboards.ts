/**
 * The traffic of a team's dashboards, replayed: 25 people have one open, which asks its twelve questions (the summary, the trend and
 * the countries of four ranges of whole days, today among them) every ten seconds. An hour of it is 108,000 questions, asked as
 * fast as they are answered. Nothing arrives meanwhile, so every answer stays true; what it is like while events arrive is told apart.
 */
import { sleep } from '../../test/hazards/harness.ts';
import type { BenchContext, Figure } from '../row.ts';
import { sendEvents } from '../send-events.ts';
import type { MillraceServer } from '../servers.ts';
import { quantile } from '../statistics.ts';
import { syntheticEvent } from '../synthetic.ts';
import { type Ask, Asker } from './asker.ts';
import { type DataSetShape, days } from './rows-in-sql.ts';

const people = 25;
const refreshMs = 10_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const rangesDays = [1, 7, 30, 90];
const together = 16;
const liveMs = 20_000;
const liveMsMin = 5_000;
const liveEventsPerSecond = 100;

interface Replayed {
  hits: number;
  asked: number;
  readonly times: number[];
}

export async function replayDashboards(
  { scale, say }: BenchContext,
  millrace: MillraceServer,
  { from }: DataSetShape,
): Promise<Figure> {
  const asker = new Asker(millrace.server.base);
  try {
    const plans = plansUntil(from + days * dayMs);
    const refreshes = Math.round((people * hourMs * Math.min(1, scale)) / refreshMs);
    const replayed = await replay(asker.ask, plans, refreshes);
    say(`${replayed.hits} of ${replayed.asked} answers came from the cache`);
    const live = await askLive(asker.ask, millrace, Math.max(liveMsMin, liveMs * scale));
    const share = replayed.hits / replayed.asked;
    return {
      name: "cache hits on dashboards' traffic replayed",
      baseline: '(absolute)',
      value: `${(100 * share).toFixed(3)} %`,
      samples: [share],
      reach: '99.9 %',
      aim: '',
      isReached: share >= 0.999,
      detail: `${replayed.hits} of ${replayed.asked} questions, p95 ${quantile(replayed.times, 0.95).toFixed(1)} ms with ${together} at a time; at their own pace while ${liveEventsPerSecond} events/s arrive, ${((100 * live.hits) / live.asked).toFixed(1)} % of those until today`,
    };
  } finally {
    asker.close();
  }
}

/** The same for everybody until midnight: whole days. */
function plansUntil(to: number): object[] {
  return rangesDays.flatMap((length) => {
    const range = { from: to - length * dayMs, to };
    return [
      { kind: 'summary', ...range, by: 'type' },
      { kind: 'trend', ...range, interval: length === 1 ? 'hour' : 'day' },
      { kind: 'breakdown', ...range, by: ['country'] },
    ];
  });
}

async function replay(ask: Ask, plans: readonly object[], refreshes: number): Promise<Replayed> {
  const result: Replayed = { hits: 0, asked: 0, times: [] };
  const total = refreshes * plans.length;
  let next = 0;
  const work = async () => {
    while (next < total) await askOnce(ask, plans[next++ % plans.length]!, result);
  };
  await Promise.all(Array.from({ length: together }, work));
  return result;
}

/** As the people themselves ask, each refresh at its time, while events of today arrive. */
async function askLive(ask: Ask, millrace: MillraceServer, ms: number): Promise<Replayed> {
  const result: Replayed = { hits: 0, asked: 0, times: [] };
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const plans = plansUntil(today + dayMs);
  const until = performance.now() + ms;
  const asking = Array.from({ length: people }, async (_, person) => {
    await sleep((person * refreshMs) / people);
    for (; performance.now() < until; await sleep(refreshMs))
      await Promise.all(plans.map((plan) => askOnce(ask, plan, result)));
  });
  for (let n = 0; performance.now() < until; await sleep(1_000 / 10)) {
    const some = Array.from({ length: liveEventsPerSecond / 10 }, () => {
      const id = n++;
      return syntheticEvent(id, Date.now(), `live-${process.pid}-${id}`);
    });
    await sendEvents(millrace, some);
  }
  await Promise.all(asking);
  return result;
}

async function askOnce(ask: Ask, plan: object, result: Replayed): Promise<void> {
  const startedAt = performance.now();
  const { meta } = await ask<{ meta: { cached: boolean } }>('/api/v1/query', plan);
  result.times.push(performance.now() - startedAt);
  result.asked++;
  if (meta.cached) result.hits++;
}
