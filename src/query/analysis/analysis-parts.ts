/** What the questions about people over time are computed with. */
import type { Analyses } from '../../store/analyses.ts';
import type { Budget, Question, Rows } from '../../store/store.ts';
import type { AnswerData } from '../wire.ts';

export interface AnalysisParts {
  readonly analyses: Analyses;
  readonly run: (question: Question) => Promise<Rows>;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** Epoch ms at which it was asked. */
  readonly now: number;
}

export interface AnalysisResult<Data extends AnswerData> {
  readonly data: Data;
  /** Events that were looked at, as far as the store tells. */
  readonly rowsRead: number;
  /** As `AnswerMeta` has it. Default: rows. */
  readonly source?: string;
}
