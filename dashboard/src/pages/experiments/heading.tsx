/** Over the results: name, state, time, people; and what may be done: start, end, edit, take along, delete. */
import { Link } from '@tanstack/react-router';
import { ArrowLeft, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { PlanInput } from '../../api/questions.ts';
import { isOutdated, useChange } from '../../api/saved.ts';
import { useMayEdit, useRole } from '../../api/session.ts';
import { browserZone, day } from '../../format/dates.ts';
import type { Search } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { CsvButton } from '../../ui/csv-button.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { daysOf, type ExperimentBody, momentOf, stateOf } from './experiment.ts';
import { StateBadge } from './state-badge.tsx';
import type { SavedExperiment } from './use-experiments.ts';
import { changedMeanwhile, days as daysText, units } from './words.ts';

interface HeadingProps {
  readonly project: string;
  readonly saved: SavedExperiment;
  /** The question of the results; absent before there are any. */
  readonly plan: PlanInput | undefined;
  readonly exposed: number | undefined;
  readonly per: 'user' | 'session';
}

export function Heading({ project, saved, plan, exposed, per }: HeadingProps) {
  const { name, body } = saved;
  const now = Date.now();
  return (
    <header className="grid grid-cols-1 gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <div className="flex max-w-full min-w-0 items-center gap-2">
          <Link
            to="/p/$project/experiments"
            params={{ project }}
            aria-label="Back to the experiments"
            className="rounded-md p-2 text-faint hover:bg-sunken hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-4" />
          </Link>
          <h1 className="min-w-0 truncate text-lg font-semibold" title={name}>
            {name}
          </h1>
          <StateBadge state={stateOf(body, now)} />
        </div>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {plan !== undefined && <CsvButton project={project} plan={plan} name={name} />}
          <Tools project={project} saved={saved} />
        </div>
      </div>
      <p className="tabular flex flex-wrap gap-x-4 gap-y-1 text-soft">
        <code className="max-w-full truncate font-mono text-[13px] leading-5" title={body.experimentId}>
          {body.experimentId}
        </code>
        <span>{timeOf(body, now)}</span>
        {exposed !== undefined && <span>{units(exposed, per)} exposed</span>}
      </p>
      {body.hypothesis !== undefined && <p className="max-w-4xl break-words">{body.hypothesis}</p>}
    </header>
  );
}

function timeOf(body: ExperimentBody, now: number): string {
  const { start, end, status } = body;
  if (start === undefined) return 'no start is set';
  const from = day(momentOf(start), browserZone);
  const lasted = daysOf(body, now);
  if (lasted === undefined) return `begins ${from}`;
  if (end === undefined) return `${daysText(lasted.days)}, since ${from}`;
  const until = day(momentOf(end, true) - 1, browserZone);
  const isOver = status === 'ended' || lasted.days === lasted.planned;
  return isOver
    ? `${daysText(lasted.days)}, ${from} to ${until}`
    : `day ${lasted.days} of ${lasted.planned}, ${from} to ${until}`;
}

function Tools({ project, saved }: { project: string; saved: SavedExperiment }) {
  const mayEdit = useMayEdit(project);
  const isAdmin = useRole(project) === 'admin';
  const [isDeleting, setDeleting] = useState(false);
  const change = useChange<ExperimentBody>(project, 'experiment');
  if (!mayEdit) return null;
  const { body } = saved;
  const put = (next: Partial<ExperimentBody>) => change.mutate({ ...saved, body: { ...body, ...next } });
  const isBusy = change.isPending;
  const { name: state } = stateOf(body, Date.now());
  return (
    <>
      {(state === 'draft' || state === 'planned') && (
        <ConfirmButton
          title={`Start “${saved.name}” now?`}
          words="From this moment on its exposures and conversions count. It does not change what people see: the code that shows the variants does."
          does="Start it"
          look="primary"
          disabled={isBusy}
          onConfirm={() => put(startedNow(body))}
        >
          Start
        </ConfirmButton>
      )}
      {(state === 'running' || state === 'overdue') && (
        <ConfirmButton
          title={`End “${saved.name}”?`}
          words={
            state === 'overdue'
              ? 'Its results stay as they were on its last day.'
              : 'Its results stay as they are at this moment; what people do from now on does not count for it. An end before the planned one finds differences that are not there: look at what holds before the end first.'
          }
          does="End it"
          disabled={isBusy}
          onConfirm={() => put(endedNow(body, state === 'overdue'))}
        >
          End
        </ConfirmButton>
      )}
      <Link
        to="/p/$project/experiments/$experiment"
        params={{ project, experiment: saved.id }}
        search={{ edit: 'yes' } satisfies Search as never}
        className="inline-flex h-9 items-center gap-1.5 rounded-md border border-line bg-card px-3 font-medium hover:bg-sunken"
      >
        <Pencil aria-hidden className="size-4" />
        Edit
      </Link>
      <Button
        look="quiet"
        aria-label={`Delete ${saved.name}`}
        title="Delete"
        onClick={() => setDeleting(true)}
      >
        <Trash2 aria-hidden className="size-4" />
      </Button>
      <DeleteDialog
        project={project}
        saved={saved}
        isAdmin={isAdmin}
        open={isDeleting}
        onClose={() => setDeleting(false)}
      />
      {change.isError && (
        <p role="alert" className="w-full text-bad">
          {isOutdated(change.error) ? changedMeanwhile : change.error.message}
        </p>
      )}
    </>
  );
}

/** A start that lies in the past stays: what was counted since then is meant. */
function startedNow({ start, end }: ExperimentBody): Partial<ExperimentBody> {
  const now = Date.now();
  const isPast = start !== undefined && momentOf(start) <= now;
  const isOver = end !== undefined && momentOf(end, true) <= now;
  return {
    status: 'running',
    start: isPast ? start : new Date(now).toISOString(),
    ...(isOver && { end: undefined }),
  };
}

/** Without a start there is none to count from, and an end alone is refused. */
function endedNow({ start }: ExperimentBody, isOver: boolean): Partial<ExperimentBody> {
  return { status: 'ended', ...(!isOver && start !== undefined && { end: new Date().toISOString() }) };
}
