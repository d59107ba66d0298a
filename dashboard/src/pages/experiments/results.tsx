/** One experiment: what it says in words, the variants side by side, over time, money, and what is odd about the data. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Answer, ExperimentData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { browserZone, clock } from '../../format/dates.ts';
import { fullNumber } from '../../format/numbers.ts';
import type { Search } from '../../state/view.ts';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { ChoiceMenu } from '../../ui/menu.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { AnyTime } from './any-time.tsx';
import { DataNotes } from './data-notes.tsx';
import {
  exposedOf,
  goalChoices,
  hasBegun,
  type Look,
  ordered,
  resultsPlan,
  shownVariants,
} from './experiment.ts';
import { formOf } from './form.ts';
import { Heading } from './heading.tsx';
import { IntoPage } from './into-page.tsx';
import { Money } from './money.tsx';
import { OverTime } from './over-time.tsx';
import { Segments } from './segments.tsx';
import type { SavedExperiment } from './use-experiments.ts';
import { VariantsTable } from './variants-table.tsx';
import { Verdicts } from './verdicts.tsx';
import { confidence } from './words.ts';

interface ResultsProps {
  readonly project: string;
  readonly saved: SavedExperiment;
}

/** What the address says is looked at. */
interface Choice {
  readonly per: Look['per'];
  readonly includeMixed: boolean;
  readonly goal: string | undefined;
}

function useChoice(): readonly [Choice, (next: Partial<Choice>) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const choice: Choice = {
    per: search.per === 'session' ? 'session' : 'user',
    includeMixed: search.mixed === 'count',
    goal: typeof search.goal === 'string' ? search.goal : undefined,
  };
  const change = (next: Partial<Choice>) => {
    const { per, includeMixed, goal } = { ...choice, ...next };
    const wanted: Search = {
      ...(per === 'session' && { per }),
      ...(includeMixed && { mixed: 'count' }),
      ...(goal !== undefined && { goal }),
    };
    void navigate({ to: '.', search: wanted as never, replace: true, resetScroll: false });
  };
  return [choice, change];
}

export function Results({ project, saved }: ResultsProps) {
  const [choice, change] = useChoice();
  const { per, includeMixed } = choice;
  const now = Date.now();
  const { body } = saved;
  const isAsked = hasBegun(body, now);
  const plan = resultsPlan(body, { per, includeMixed, zone: browserZone, now });
  const {
    data: answer,
    error,
    isError,
    isPlaceholderData,
    refetch,
  } = useAnswer<ExperimentData>(project, plan, {
    enabled: isAsked,
  });
  return (
    <div className="grid grid-cols-1 gap-4">
      <Heading
        project={project}
        saved={saved}
        plan={isAsked ? plan : undefined}
        exposed={answer === undefined ? undefined : exposedOf(answer.data)}
        per={per}
      />
      {!isAsked ? (
        <Before saved={saved} />
      ) : isError && answer === undefined ? (
        <Card>
          <Failure error={error} retry={() => refetch()} title="The results could not be loaded" />
        </Card>
      ) : answer === undefined ? (
        <>
          <Skeleton className="h-32" />
          <Skeleton className="h-64" />
        </>
      ) : (
        <div className={classes('grid grid-cols-1 gap-4', isPlaceholderData && 'opacity-60')}>
          <Found saved={saved} answer={answer} choice={choice} onChange={change} />
        </div>
      )}
    </div>
  );
}

/** It is set up, and begins later. */
function Before({ saved }: { saved: SavedExperiment }) {
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <Card>
        <Empty title="It has not begun">Results stand here from the first day on.</Empty>
      </Card>
      <IntoPage form={formOf(saved, saved.body.experimentId)} />
    </div>
  );
}

interface FoundProps {
  readonly saved: SavedExperiment;
  readonly answer: Answer<ExperimentData>;
  readonly choice: Choice;
  readonly onChange: (next: Partial<Choice>) => void;
}

function Found({ saved, answer, choice, onChange }: FoundProps) {
  const { body } = saved;
  const { data, meta } = answer;
  const variants = useMemo(() => shownVariants(body, data), [body, data]);
  const goals = goalChoices(body, data);
  const goal = goals.find(({ id }) => id === choice.goal) ?? goals[0]!;
  const onMixed = useCallback((includeMixed: boolean) => onChange({ includeMixed }), [onChange]);
  const isNothing = exposedOf(data) === 0;
  const counted = body.goals === undefined ? 'any conversion' : body.goals.join(' or ');
  return (
    <>
      <Verdicts verdicts={ordered(data, body)} />
      {isNothing ? (
        <IntoPage form={formOf(saved, body.experimentId)} />
      ) : (
        <>
          <Card label="Variants" className="min-w-0 p-4">
            <div className="mb-1 flex flex-wrap items-center gap-2">
              <h2 className="mr-auto min-w-0 font-semibold break-words">
                {goals.length === 1 && body.goals !== undefined ? `Variants by ${goal.label}` : 'Variants'}
              </h2>
              <GoalSwitch goals={goals} value={goal.id} onChoose={(next) => onChange({ goal: next })} />
              <Segments
                label="What is counted"
                value={choice.per}
                choices={[
                  { value: 'user', label: 'People' },
                  { value: 'session', label: 'Sessions' },
                ]}
                onChoose={(per) => onChange({ per })}
              />
            </div>
            <VariantsTable data={data} goal={goal} variants={variants} />
            <p className="mt-2 text-[13px] text-faint">
              The dot is the rate that was seen, the bar where the true one lies with{' '}
              {confidence(data.confidence)} confidence, the dashed line the control. Lifts are against the
              control.
            </p>
            <AnyTime data={data} goal={goal} variants={variants} />
          </Card>
          {data.days !== undefined && (
            <OverTime days={data.days} variants={variants} per={data.per} goalWords={counted} />
          )}
          <Money data={data} variants={variants} />
        </>
      )}
      <DataNotes data={data} variants={variants} onMixed={onMixed} />
      <p className="text-[13px] text-faint">
        As of {clock(meta.asOf, browserZone)}
        {meta.stale && ', the store is away; numbers are the last that it gave'} ·{' '}
        {meta.approximate ? 'approximate' : 'exact'} · {fullNumber(meta.rowsRead)} rows read
        {body.start === undefined && ' · no start is set: these are the last 90 days'}
      </p>
    </>
  );
}

interface GoalSwitchProps {
  readonly goals: readonly { readonly id: string; readonly label: string }[];
  readonly value: string;
  readonly onChoose: (id: string) => void;
}

/** More than these are a menu. */
const sideBySideMax = 4;

function GoalSwitch({ goals, value, onChoose }: GoalSwitchProps) {
  if (goals.length < 2) return null;
  const choices = goals.map(({ id, label }) => ({ value: id, label }));
  return (
    <>
      {goals.length <= sideBySideMax && (
        <div className="hidden min-w-0 md:block">
          <Segments label="Goal" value={value} choices={choices} onChoose={onChoose} />
        </div>
      )}
      <div className={goals.length <= sideBySideMax ? 'md:hidden' : ''}>
        <ChoiceMenu label="Goal" value={value} choices={choices} onChoose={onChoose} />
      </div>
    </>
  );
}
