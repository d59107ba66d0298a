/** What happens now: by minute, and what people look at. */
import type { LivePlan } from '../../plan/analysis.ts';
import type { FieldName, Metric, Plan } from '../../plan/plan.ts';
import type { Cell } from '../../store/store.ts';
import type { LiveData, LiveGroup } from '../wire.ts';
import type { AnalysisParts, AnalysisResult } from './analysis-parts.ts';

const minuteMs = 60_000;
const nowMs = 5 * minuteMs;

export async function askLive(plan: LivePlan, parts: AnalysisParts): Promise<AnalysisResult<LiveData>> {
  const { run, now } = parts;
  const { kind: _, limit, ...scope } = plan;
  const common = { ...scope, metrics: ['events', 'users'] as readonly Metric[], exact: true };
  const length = Math.ceil((plan.to - plan.from) / minuteMs);
  const edges = Array.from({ length: length + 1 }, (_, i) => Math.min(plan.from + i * minuteMs, plan.to));
  const trend: Plan = { ...common, kind: 'trend', interval: '15m' };
  const recent: Plan = { ...common, kind: 'summary', from: now - nowMs, to: now + minuteMs };
  const by = async (field: FieldName): Promise<readonly LiveGroup[]> => {
    const rows = await run({
      plan: { ...common, kind: 'breakdown', by: [{ field }], limit },
      edges: [plan.from, plan.to],
    });
    return rows.cells.flatMap(groupOf);
  };
  const minutes = await run({ plan: trend, edges });
  const people = await run({ plan: recent, edges: [recent.from, recent.to] });
  const [pages, referrers, countries] = [await by('path'), await by('referrerHost'), await by('country')];
  const inMinutes = new Map(minutes.cells.map((cell) => [cell.bucket, cell]));
  return {
    data: {
      kind: 'live',
      now: people.cells[0]?.users ?? 0,
      minutes: edges.slice(0, -1).map((from, i) => ({
        from: new Date(from).toISOString(),
        events: inMinutes.get(i)?.events ?? 0,
        users: inMinutes.get(i)?.users ?? 0,
      })),
      pages,
      referrers,
      countries,
    },
    rowsRead: minutes.explain.rowsRead,
  };
}

function groupOf({ group, events, users = 0 }: Cell): readonly LiveGroup[] {
  if (group.kind === 'all') return [];
  const name =
    group.kind === 'other' ? { value: null, other: true as const } : { value: group.values[0] ?? null };
  return [{ ...name, events, users }];
}
