/** All experiments: what runs, since when, with how many people, and what it says by now; and what the data has that nobody set up. */
import { Link, useNavigate } from '@tanstack/react-router';
import { Calculator, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ExperimentData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { useMayEdit } from '../../api/session.ts';
import { browserZone, day } from '../../format/dates.ts';
import type { Search } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import {
  daysOf,
  exposedOf,
  hasBegun,
  momentOf,
  ordered,
  plainPlan,
  type State,
  sentence,
  stateOf,
} from './experiment.ts';
import { SampleSizeDialog } from './sample-size.tsx';
import { StateBadge, ToneIcon } from './state-badge.tsx';
import { Unset } from './unset.tsx';
import { type SavedExperiment, useExperiments } from './use-experiments.ts';
import { days as daysText, units } from './words.ts';

/** Each of them asks a question; more are shown on demand. */
const shownFirst = 20;

export function ExperimentList({ project }: { project: string }) {
  const { data, error, isError, refetch } = useExperiments(project);
  const mayEdit = useMayEdit(project);
  const [isSizing, setSizing] = useState(false);
  const navigate = useNavigate();
  return (
    <div className="grid grid-cols-1 gap-4">
      <header className="flex flex-wrap items-center gap-2">
        <h1 className="mr-auto basis-full text-lg sm:basis-auto font-semibold">Experiments</h1>
        <Button onClick={() => setSizing(true)}>
          <Calculator aria-hidden className="size-4" />
          Sample size
        </Button>
        {mayEdit && (
          <Button
            look="primary"
            onClick={() => navigate({ to: '.', search: { 'set-up': 'yes' } satisfies Search as never })}
          >
            <Plus aria-hidden className="size-4" />
            New experiment
          </Button>
        )}
      </header>
      <Card label="Experiments that are set up">
        {isError && data === undefined ? (
          <Failure error={error} retry={() => refetch()} title="Experiments could not be loaded" />
        ) : data === undefined ? (
          <Skeleton className="m-4 h-40" />
        ) : data.length === 0 ? (
          <Empty title="No experiment is set up yet">
            An experiment shows two or more variants to people and counts who converts.{' '}
            {mayEdit
              ? 'Set one up, or begin with how many people it takes.'
              : 'Editors of this project can set one up.'}
          </Empty>
        ) : (
          <Rows project={project} all={data} />
        )}
      </Card>
      {data !== undefined && <Unset project={project} known={data} mayEdit={mayEdit} />}
      <SampleSizeDialog project={project} open={isSizing} onClose={() => setSizing(false)} />
    </div>
  );
}

const order: readonly State['name'][] = ['running', 'overdue', 'planned', 'draft', 'ended'];

function Rows({ project, all }: { project: string; all: readonly SavedExperiment[] }) {
  const [shown, setShown] = useState(shownFirst);
  const now = Date.now();
  const began = ({ body: { start } }: SavedExperiment) => (start === undefined ? 0 : momentOf(start));
  const place = ({ body }: SavedExperiment) => order.indexOf(stateOf(body, now).name);
  const sorted = [...all].sort((a, b) => place(a) - place(b) || began(b) - began(a));
  return (
    <>
      <ul className="divide-y divide-line">
        {sorted.slice(0, shown).map((saved) => (
          <Row key={saved.id} project={project} saved={saved} now={now} />
        ))}
      </ul>
      {sorted.length > shown && (
        <div className="border-t border-line p-2 text-center">
          <Button look="quiet" onClick={() => setShown(shown + shownFirst)}>
            {sorted.length - shown} more
          </Button>
        </div>
      )}
    </>
  );
}

interface RowProps {
  readonly project: string;
  readonly saved: SavedExperiment;
  readonly now: number;
}

function Row({ project, saved, now }: RowProps) {
  const { id, name, body } = saved;
  const state = stateOf(body, now);
  return (
    <li className="relative grid gap-x-6 gap-y-1.5 px-4 py-3.5 hover:bg-sunken/60 md:grid-cols-[minmax(0,16rem)_9rem_minmax(0,1fr)] md:items-center">
      <div className="min-w-0">
        <Link
          to="/p/$project/experiments/$experiment"
          params={{ project, experiment: id }}
          className="block truncate font-medium after:absolute after:inset-0"
          title={name}
        >
          {name}
        </Link>
        <code className="block truncate font-mono text-[13px] text-faint" title={body.experimentId}>
          {body.experimentId}
        </code>
      </div>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5 md:block">
        <StateBadge state={state} />
        <p className="mt-0.5 text-[13px] text-faint">{timeWords(saved, state, now)}</p>
      </div>
      <div className="min-w-0">
        {state.name === 'draft' || !hasBegun(body, now) ? (
          <p className="text-faint">{body.hypothesis ?? 'Nobody sees it yet.'}</p>
        ) : (
          <Standing project={project} saved={saved} now={now} />
        )}
      </div>
    </li>
  );
}

function timeWords({ body }: SavedExperiment, { name }: State, now: number): string {
  if (name === 'draft') return 'not started';
  if (name === 'planned') return `begins ${day(momentOf(body.start!), browserZone)}`;
  const lasted = daysOf(body, now);
  if (lasted === undefined) return 'no start is set';
  if (name === 'ended' || name === 'overdue') return daysText(lasted.days);
  return lasted.planned === undefined ? `day ${lasted.days}` : `day ${lasted.days} of ${lasted.planned}`;
}

function Standing({ project, saved: { body }, now }: RowProps) {
  const plan = plainPlan(body, { per: 'user', includeMixed: false, zone: browserZone, now });
  const { data, error, isError } = useAnswer<ExperimentData>(project, plan);
  if (isError && data === undefined) return <p className="text-bad">{error.message}</p>;
  if (data === undefined) return <Skeleton className="h-9" />;
  const [verdict] = ordered(data.data, body);
  return (
    <div className="flex gap-2.5">
      {verdict !== undefined && <ToneIcon verdict={verdict} />}
      <div className="min-w-0">
        <p className="line-clamp-2" title={verdict && sentence(verdict)}>
          {verdict === undefined ? 'Nothing can be said yet.' : sentence(verdict)}
        </p>
        <p className="tabular text-[13px] text-faint">{units(exposedOf(data.data), 'user')} exposed</p>
      </div>
    </div>
  );
}
