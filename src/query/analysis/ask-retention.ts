/** A retention triangle's answer. */
import type { RetentionPlan } from '../../plan/analysis.ts';
import { bucketsOf } from '../../plan/edges.ts';
import { bucketList } from '../assemble.ts';
import type { RetentionData } from '../wire.ts';
import type { AnalysisParts, AnalysisResult } from './analysis-parts.ts';
import { RetentionFold } from './retention.ts';

export async function askRetention(
  plan: RetentionPlan,
  { analyses, budget, signal, now }: AnalysisParts,
): Promise<AnalysisResult<RetentionData>> {
  const { from, to, period, timeZone, weekStart, start, return: back, first } = plan;
  const buckets = bucketsOf(from, to, period, timeZone, weekStart);
  const { edges } = buckets;
  const fold = new RetentionFold(plan.mode, edges.length - 1);
  let people = 0;
  const question = { scope: plan, edges, start, return: back, first };
  for await (const block of analyses.retention(question, budget, signal)) {
    people += block.starts.length;
    fold.add(block);
  }
  const periods = bucketList(buckets, now);
  return {
    data: {
      kind: 'retention',
      period,
      timeZone,
      periods,
      cohorts: fold.counts.map(([started, ...returned]) => ({ people: started!, returned })),
    },
    rowsRead: people,
  };
}
