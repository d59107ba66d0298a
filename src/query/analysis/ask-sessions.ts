/** The answer about sessions: how many, how long, how they begin and end. */
import type { SessionsPlan } from '../../plan/analysis.ts';
import type { SessionCell } from '../../store/analyses.ts';
import type { SessionNumbers, SessionsData } from '../wire.ts';
import type { AnalysisParts, AnalysisResult } from './analysis-parts.ts';

export async function askSessions(
  plan: SessionsPlan,
  { analyses, budget, signal }: AnalysisParts,
): Promise<AnalysisResult<SessionsData>> {
  const cells = await analyses.sessions({ scope: plan, ...(plan.by && { by: plan.by }) }, budget, signal);
  const all = cells.find(({ group }) => group.kind === 'all');
  const groups = cells.flatMap((cell) => {
    const { group } = cell;
    if (group.kind === 'all') return [];
    const name =
      group.kind === 'other' ? { value: null, other: true as const } : { value: group.values[0] ?? null };
    return [{ ...name, ...numbersOf(cell) }];
  });
  return {
    data: { kind: 'sessions', total: numbersOf(all), ...(plan.by && { groups }) },
    rowsRead: all?.sessions ?? 0,
  };
}

function numbersOf(cell: SessionCell | undefined): SessionNumbers {
  if (cell === undefined || cell.sessions === 0)
    return {
      sessions: 0,
      users: 0,
      averageMs: null,
      medianMs: null,
      bounceRate: null,
      pageviewsPerSession: null,
    };
  const { sessions, users, durationMs, medianDurationMs, bounces, pageviews } = cell;
  return {
    sessions,
    users,
    averageMs: durationMs / sessions,
    medianMs: medianDurationMs,
    bounceRate: bounces / sessions,
    pageviewsPerSession: pageviews / sessions,
  };
}
