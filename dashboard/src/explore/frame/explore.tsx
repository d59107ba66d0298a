/** Explore: a question to the left, its answer to the right, which follows as one types. */
import { Link } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import { Suspense, useRef } from 'react';
import type { PlanInput } from '../../api/questions.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';
import { kindOfPlan, kinds } from '../kinds.ts';
import { problemOf } from '../problem.tsx';
import { PlanRange } from '../range.tsx';
import { AnswerCard } from './answer-card.tsx';
import { ScopeEditor } from './scope-editor.tsx';
import { useAsked } from './use-asked.ts';
import { useQuestion } from './use-question.ts';

const scopeNames = ['range', 'from', 'to', 'timeZone', 'weekStart', 'bots', 'filter', 'segments', 'sample'];
const isOfScope = ([name, value]: readonly [string, unknown]) =>
  scopeNames.includes(name) && value !== undefined;
/** What a question keeps when it becomes one of another kind. */
const scopeIn = (plan: PlanInput) => Object.fromEntries(Object.entries(plan).filter(isOfScope));
const withScope = (plan: PlanInput, scope: object): PlanInput => ({
  kind: plan.kind,
  ...Object.fromEntries(Object.entries(plan).filter((member) => !isOfScope(member))),
  ...scope,
});

export function Explore({ project }: { project: string }) {
  const question = useAsked(project);
  const { plan, asked, broken, ask, startAnew, isWaiting, savedError } = question;
  const isAsked = broken === undefined && !isWaiting && savedError === null;
  const answer = useQuestion(project, asked, isAsked);
  const problem = problemOf(answer.error);
  const left = useRef(new Map<string, PlanInput>());
  const kind = kindOfPlan(plan);
  const toKind = (id: string) => {
    const next = kinds.find((each) => each.id === id);
    if (next === undefined || next === kind) return;
    if (kind !== undefined) left.current.set(kind.id, plan);
    const scope = scopeIn(plan);
    ask(withScope(left.current.get(id) ?? next.start(scope), scope), true);
  };
  if (savedError !== null) return <GoneQuestion project={project} error={savedError} onAnew={startAnew} />;
  if (broken !== undefined) return <BrokenAddress {...broken} onAnew={startAnew} />;
  return (
    <>
      <h1 className="sr-only">Explore</h1>
      <Tabs.Root value={kind?.id ?? ''} onValueChange={toKind} activationMode="manual">
        <div className="mb-4 flex flex-wrap items-center gap-2">
          <Tabs.List
            aria-label="Kind of question"
            className="flex min-w-0 flex-wrap gap-0.5 rounded-lg bg-sunken p-0.5"
          >
            {kinds.map(({ id, label, hint }) => (
              <Tabs.Trigger
                key={id}
                value={id}
                title={hint}
                className="rounded-md px-2 py-1.5 text-[13px] font-medium whitespace-nowrap text-soft hover:text-ink data-[state=active]:bg-card data-[state=active]:text-ink data-[state=active]:shadow-sm sm:px-3 sm:text-sm"
              >
                {label}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          <div className="ml-auto flex items-center gap-2">
            <PlanRange plan={plan} onChange={(next) => ask(next)} />
          </div>
        </div>
        <Tabs.Content
          value={kind?.id ?? ''}
          tabIndex={-1}
          className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 outline-none lg:grid-cols-[22rem_minmax(0,1fr)]"
        >
          <Card label="The question" className="grid min-w-0 gap-4 p-4">
            {kind === undefined ? (
              <Elsewhere project={project} plan={plan} onAnew={startAnew} />
            ) : (
              <Suspense fallback={<Skeleton className="h-64" />}>
                <kind.Editor
                  project={project}
                  plan={plan}
                  onChange={(next) => ask(next)}
                  {...(problem && { problem })}
                />
              </Suspense>
            )}
            <ScopeEditor project={project} plan={plan} onChange={(next) => ask(next)} problem={problem} />
          </Card>
          {isWaiting ? (
            <Skeleton className="h-96" />
          ) : (
            <AnswerCard project={project} question={question} result={answer} problem={problem} />
          )}
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
}

const pages = {
  events: { to: '/p/$project/events', label: 'Events' },
  users: { to: '/p/$project/people', label: 'People' },
  user: { to: '/p/$project/people', label: 'People' },
  experiment: { to: '/p/$project/experiments', label: 'Experiments' },
} as const;

/** Lists and experiments have pages of their own. */
function Elsewhere({ project, plan, onAnew }: { project: string; plan: PlanInput; onAnew: () => void }) {
  const page = plan.kind in pages ? pages[plan.kind as keyof typeof pages] : undefined;
  return (
    <Empty title={`Explore has no editor for questions of the kind ${plan.kind}`}>
      <p className="mb-3">
        {page !== undefined && (
          <>
            They are asked on the page{' '}
            <Link to={page.to} params={{ project }} className="text-accent underline">
              {page.label}
            </Link>
            .{' '}
          </>
        )}
        This one can be changed as JSON, and had as CSV.
      </p>
      <Button small onClick={onAnew}>
        Start anew
      </Button>
    </Empty>
  );
}

function GoneQuestion({ project, error, onAnew }: { project: string; error: Error; onAnew: () => void }) {
  return (
    <Card className="mx-auto grid max-w-2xl gap-3 p-6">
      <h1 className="text-lg font-semibold">This saved question could not be opened</h1>
      <p role="alert" className="break-words text-soft">
        {error.message.charAt(0).toUpperCase() + error.message.slice(1)}. It may have been deleted.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" onClick={onAnew}>
          Start anew
        </Button>
        <Link to="/p/$project/saved" params={{ project }} className="text-accent underline">
          What is saved
        </Link>
      </div>
    </Card>
  );
}

function BrokenAddress({ why, text, onAnew }: { why: string; text: string; onAnew: () => void }) {
  return (
    <Card className="mx-auto grid max-w-2xl gap-3 p-6">
      <h1 className="text-lg font-semibold">This link holds no question</h1>
      <p role="alert" className="break-words text-soft">
        {why}
      </p>
      <CodeBlock text={text} />
      <Button look="primary" className="justify-self-start" onClick={onAnew}>
        Start anew
      </Button>
    </Card>
  );
}
