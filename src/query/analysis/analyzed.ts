/** Which question about people over time is answered how. */
import type { AnalysisPlan, UserPlan } from '../../plan/analysis.ts';
import type { AnalysisData } from '../wire.ts';
import type { AnalysisParts, AnalysisResult } from './analysis-parts.ts';
import { askExperiment } from './ask-experiment.ts';
import { askFunnel } from './ask-funnel.ts';
import { askLive } from './ask-live.ts';
import { askPaths } from './ask-paths.ts';
import { askRetention } from './ask-retention.ts';
import { askSessions } from './ask-sessions.ts';
import { askUsers } from './people.ts';

export function analyzed(
  plan: Exclude<AnalysisPlan, UserPlan>,
  parts: AnalysisParts,
): Promise<AnalysisResult<AnalysisData>> {
  switch (plan.kind) {
    case 'funnel':
      return askFunnel(plan, parts);
    case 'retention':
      return askRetention(plan, parts);
    case 'paths':
      return askPaths(plan, parts);
    case 'sessions':
      return askSessions(plan, parts);
    case 'users':
      return askUsers(plan, parts);
    case 'live':
      return askLive(plan, parts);
    case 'experiment':
      return askExperiment(plan, parts);
    default:
      return plan satisfies never;
  }
}
