/** The answer, its tools above, and below how far it can be trusted. What goes wrong is said here, over the last good answer. */
import type { UseQueryResult } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useRef, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import { percent } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { AnswerView } from '../answer-view.tsx';
import type { PlanProblem } from '../kind.ts';
import { kindOfPlan } from '../kinds.ts';
import { rangeWords } from '../range.tsx';
import { Explain } from './explain.tsx';
import { GoneFields } from './gone-fields.tsx';
import { isTooMuch, OverBudget } from './over-budget.tsx';
import { withMember } from './scope-editor.tsx';
import { titleOf } from './title.ts';
import { Tools } from './tools.tsx';
import { Trust } from './trust.tsx';
import type { Asked } from './use-asked.ts';
import type { Answered } from './use-question.ts';

export type Result = Pick<UseQueryResult<Answered>, 'error' | 'isError' | 'refetch'> & {
  readonly answered: Answered | undefined;
  readonly isBusy: boolean;
};

interface AnswerCardProps {
  readonly project: string;
  readonly question: Asked;
  readonly result: Result;
  readonly problem: PlanProblem | undefined;
}

export function AnswerCard({ project, question, result, problem }: AnswerCardProps) {
  const { plan, asked, form, view, saved, isChanged, ask, show } = question;
  const { error, isError, isBusy, refetch } = result;
  // that of another kind would only be in the way
  const answered =
    kindOfPlan(asked) === kindOfPlan(result.answered?.plan ?? asked) ? result.answered : undefined;
  const [isExplained, setExplained] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const title = saved?.name ?? titleOf(asked);
  const isCovered = isError && (answered === undefined || isTooMuch(error));
  return (
    <Card label="The answer" className="relative flex min-w-0 flex-col overflow-hidden">
      {isBusy && <div aria-hidden className="absolute inset-x-0 top-0 h-0.5 animate-pulse bg-accent" />}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3">
        <div className="min-w-0 flex-1 basis-56">
          <h2 className="truncate font-medium" title={title}>
            {title}
            {isChanged && (
              <span className="ml-2 rounded bg-warn-soft px-1.5 text-[13px] font-medium text-warn">
                changed
              </span>
            )}
          </h2>
          <p className="truncate text-[13px] text-faint">{saved?.body.description || rangeWords(asked)}</p>
        </div>
        <Tools
          project={project}
          question={question}
          answered={answered}
          title={title}
          box={box}
          isExplained={isExplained}
          onExplain={() => setExplained(!isExplained)}
        />
      </div>
      {typeof plan.sample === 'number' && (
        <p className="mx-4 mt-2 flex w-fit items-center gap-1 rounded bg-accent-soft pl-2 text-[13px]">
          A sample: {percent(plan.sample)} of the people
          <button
            type="button"
            aria-label="Ask about all people"
            onClick={() => ask(withMember(plan, 'sample', undefined), true)}
            className="rounded p-1 text-faint hover:text-ink"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </p>
      )}
      {problem !== undefined && <Mistake problem={problem} />}
      <GoneFields project={project} plan={asked} />
      {isError && problem === undefined && !isCovered && (
        <p role="alert" className="mx-4 mt-2 rounded bg-bad-soft px-3 py-2 text-bad">
          {error?.message}{' '}
          <button type="button" onClick={() => refetch()} className="font-medium underline">
            Try again
          </button>
        </p>
      )}
      <div
        ref={box}
        className={classes(
          'min-h-80 min-w-0 flex-1 px-4 py-3 transition-opacity',
          (isBusy || problem !== undefined) && answered !== undefined && 'opacity-60',
        )}
      >
        {isCovered && problem === undefined ? (
          isTooMuch(error) ? (
            <OverBudget
              error={error}
              plan={plan}
              onAsk={(next) => ask(next, true)}
              onAgain={() => refetch()}
            />
          ) : (
            <Failure error={error ?? new ApiError(0, 'unknown', 'No answer came.')} retry={() => refetch()} />
          )
        ) : answered === undefined ? (
          problem === undefined ? (
            <Skeleton className="h-80" />
          ) : (
            <Empty title="The answer comes when the question is right" />
          )
        ) : (
          <AnswerView
            project={project}
            plan={answered.plan}
            answer={answered.answer}
            form={form}
            view={view}
            onView={(next) => show({ view: next })}
            onPlan={(next) => ask(next, true)}
          />
        )}
      </div>
      {isExplained && <Explain project={project} plan={asked} />}
      {answered !== undefined && !isCovered && <Trust answered={answered} />}
    </Card>
  );
}

/** Also at its place in the editor; here for those who look at the answer, and for places that no editor shows. */
function Mistake({ problem: { pointer, message } }: { problem: PlanProblem }) {
  return (
    <p className="mx-4 mt-2 rounded bg-bad-soft px-3 py-2 text-bad">
      The question has a mistake
      {pointer !== '' && (
        <>
          {' '}
          at <code className="font-mono text-[13px] break-all">{pointer}</code>
        </>
      )}
      : {message}
    </p>
  );
}
