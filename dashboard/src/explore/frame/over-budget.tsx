/** A question that is too much: the limit that it went over, and what would help, behind a button each. */
import { ApiError } from '../../api/client.ts';
import type { PlanInput } from '../../api/questions.ts';
import { type RangeName, ranges } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { withRange } from '../range.tsx';

const codes: readonly string[] = [
  'over_time',
  'over_memory',
  'over_rows',
  'questions_too_many',
  'questions_overloaded',
];
const titles: Readonly<Record<string, string>> = {
  over_time: 'This takes longer than a question may',
  over_memory: 'This needs more memory than a question may',
  over_rows: 'This reads more rows than a question may',
};

export const isTooMuch = (error: unknown): error is ApiError =>
  error instanceof ApiError && codes.includes(error.code);

interface OverBudgetProps {
  readonly error: ApiError;
  readonly plan: PlanInput;
  readonly onAsk: (next: PlanInput) => void;
  readonly onAgain: () => void;
}

export function OverBudget({ error, plan, onAsk, onAgain }: OverBudgetProps) {
  const isBusyServer = error.status === 429 || error.status === 503;
  const shorter = shorterRange(plan);
  const sample = smallerSample(plan);
  return (
    <div role="alert" className="flex min-h-72 flex-col items-center justify-center gap-3 p-6 text-center">
      <p className="font-medium">{titles[error.code] ?? 'Too many questions are asked at once'}</p>
      <p className="max-w-lg break-words text-soft">{error.message}</p>
      <div className="flex flex-wrap justify-center gap-2">
        {isBusyServer && <Button onClick={onAgain}>Ask again</Button>}
        {!isBusyServer && shorter !== undefined && (
          <Button onClick={() => onAsk(withRange(plan, { range: shorter }))}>
            Ask about: {ranges[shorter].toLowerCase()}
          </Button>
        )}
        {!isBusyServer && sample !== undefined && (
          <Button onClick={() => onAsk({ ...plan, sample })}>
            Ask {sample === 0.1 ? 'a tenth' : 'a hundredth'} of the people
          </Button>
        )}
      </div>
    </div>
  );
}

const byLength: readonly RangeName[] = ['all', '12mo', '90d', '30d', '7d', 'today'];
const longest: Readonly<Partial<Record<RangeName, RangeName>>> = {
  ytd: '90d',
  qtd: '30d',
  mtd: '7d',
  yesterday: 'today',
};
const dayMs = 86_400_000;
const days: Readonly<Partial<Record<RangeName, number>>> = { '12mo': 365, '90d': 90, '30d': 30, '7d': 7 };

/** The next shorter one that has a name. */
function shorterRange({ range, from, to }: PlanInput): RangeName | undefined {
  if (typeof range === 'string')
    return longest[range as RangeName] ?? byLength[byLength.indexOf(range as RangeName) + 1];
  const length = (Date.parse(String(to)) - Date.parse(String(from))) / dayMs;
  return (
    byLength.find((name) => (days[name] ?? Number.POSITIVE_INFINITY) < length) ??
    (length > 1 ? 'today' : undefined)
  );
}

/** Experiments and lists are never of a sample. */
function smallerSample({ kind, sample }: PlanInput): number | undefined {
  if (kind === 'events' || kind === 'user' || kind === 'experiment') return undefined;
  if (typeof sample !== 'number') return 0.1;
  return sample > 0.01 ? 0.01 : undefined;
}
