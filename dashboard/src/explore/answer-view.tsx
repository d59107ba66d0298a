/** An answer as a chart or as a table of the same numbers; on pages, boards and shared boards alike. */
import { Suspense } from 'react';
import type { Answer } from '../../../src/query/wire.ts';
import type { PlanInput } from '../api/questions.ts';
import { Empty, Skeleton } from '../ui/states.tsx';
import { AnswerTable } from './answer-table.tsx';
import type { View } from './kind.ts';
import { kindOfPlan } from './kinds.ts';
import type { Form } from './question-link.ts';

export interface AnswerViewProps {
  readonly project: string;
  /** The one that was answered. */
  readonly plan: PlanInput;
  readonly answer: Answer;
  readonly form?: Form;
  readonly isTile?: boolean;
  readonly onPlan?: (next: PlanInput) => void;
  readonly view?: View;
  readonly onView?: (next: View) => void;
}

export function AnswerView({ form = 'chart', isTile = false, ...rest }: AnswerViewProps) {
  const { plan, answer } = rest;
  const kind = kindOfPlan(plan);
  if (kind === undefined)
    return (
      <Empty title="There is no chart for this">
        Questions of the kind {plan.kind} have pages of their own.
      </Empty>
    );
  if (!(kind.answers as readonly string[]).includes(answer.data.kind))
    return <Skeleton className="h-full min-h-64" />;
  if (form === 'table') return <AnswerTable table={kind.table(answer, plan)} label={kind.label} />;
  return (
    <Suspense fallback={<Skeleton className="h-full min-h-64" />}>
      <kind.Chart {...rest} isTile={isTile} />
    </Suspense>
  );
}
