/** Setting an experiment up, or changing it: beside the form stands what to put into the page, and what the data has already. */
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, Calculator } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { isOutdated, useChange, useSave } from '../../api/saved.ts';
import { useMayEdit } from '../../api/session.ts';
import { useDebounced } from '../../explore/fields/use-debounced.ts';
import { browserZone } from '../../format/dates.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field, inputBox } from '../../ui/field.tsx';
import { Empty } from '../../ui/states.tsx';
import { dayIn, type ExperimentBody, type Status } from './experiment.ts';
import { bodyOf, type Form, formOf, mistakesOf, newVariant } from './form.ts';
import { Goals } from './goals.tsx';
import { IntoPage } from './into-page.tsx';
import { SampleSizeDialog } from './sample-size.tsx';
import { useTraces } from './traces.ts';
import type { SavedExperiment } from './use-experiments.ts';
import { Variants } from './variants-editor.tsx';
import { changedMeanwhile, counted } from './words.ts';

interface SetUpProps {
  readonly project: string;
  /** What is changed; absent: a new one. */
  readonly saved?: SavedExperiment;
  readonly experimentId: string;
}

/** Of a saved thing. */
const nameLengthMax = 100;
/** Nothing is asked while somebody types. */
const settleMs = 300;

const statuses: readonly { readonly value: Status; readonly label: string }[] = [
  { value: 'draft', label: 'Draft' },
  { value: 'running', label: 'Running' },
  { value: 'ended', label: 'Ended' },
];

export function SetUp({ project, saved: latest, experimentId }: SetUpProps) {
  // what was opened: a change of somebody else must neither be overwritten nor throw away what is typed
  const [saved] = useState(latest);
  const mayEdit = useMayEdit(project);
  const [form, setForm] = useState<Form>(() => formOf(saved, experimentId));
  const [isSizing, setSizing] = useState(false);
  const change = (next: Partial<Form>) => setForm((before) => ({ ...before, ...next }));
  if (!mayEdit)
    return (
      <Card>
        <Empty title="Experiments are set up by editors">
          Ask an administrator of this project for the role editor.
        </Empty>
      </Card>
    );
  return (
    <div className="grid grid-cols-1 gap-4">
      <header className="flex flex-wrap items-center gap-2">
        <div className="mr-auto flex max-w-full min-w-0 items-center gap-2">
          <BackLink project={project} saved={saved} />
          <h1 className="min-w-0 truncate text-lg font-semibold">
            {saved === undefined ? 'New experiment' : `Change “${saved.name}”`}
          </h1>
        </div>
        <Button onClick={() => setSizing(true)}>
          <Calculator aria-hidden className="size-4" />
          Sample size
        </Button>
      </header>
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <SetUpForm project={project} saved={saved} form={form} onChange={change} />
        <div className="grid grid-cols-1 gap-4">
          <IntoPage form={form} />
        </div>
      </div>
      <SampleSizeDialog
        project={project}
        open={isSizing}
        onClose={() => setSizing(false)}
        start={{ variants: form.variants.length }}
      />
    </div>
  );
}

function BackLink({ project, saved }: { project: string; saved: SavedExperiment | undefined }) {
  const look = 'rounded-md p-2 text-faint hover:bg-sunken hover:text-ink';
  return saved === undefined ? (
    <Link
      to="/p/$project/experiments"
      params={{ project }}
      aria-label="Back to the experiments"
      className={look}
    >
      <ArrowLeft aria-hidden className="size-4" />
    </Link>
  ) : (
    <Link
      to="/p/$project/experiments/$experiment"
      params={{ project, experiment: saved.id }}
      aria-label="Back to the results"
      className={look}
    >
      <ArrowLeft aria-hidden className="size-4" />
    </Link>
  );
}

interface FormProps {
  readonly project: string;
  readonly saved: SavedExperiment | undefined;
  readonly form: Form;
  readonly onChange: (next: Partial<Form>) => void;
}

function SetUpForm({ project, saved, form, onChange }: FormProps) {
  const navigate = useNavigate();
  const make = useSave<ExperimentBody>(project, 'experiment');
  const change = useChange<ExperimentBody>(project, 'experiment');
  const save = saved === undefined ? make : change;
  const [isTried, setTried] = useState(false);
  const mistakes = mistakesOf(form);
  const mistake = (name: keyof typeof mistakes) => (isTried ? mistakes[name] : undefined);
  const submit = () => {
    setTried(true);
    if (Object.keys(mistakes).length > 0) return;
    const wanted = { name: form.name.trim(), body: bodyOf(form, saved?.body) };
    const shown = {
      onSuccess: ({ id }: { id: string }) =>
        navigate({ to: '/p/$project/experiments/$experiment', params: { project, experiment: id } }),
    };
    if (saved === undefined) make.mutate(wanted, shown);
    else change.mutate({ ...wanted, id: saved.id, version: saved.version }, shown);
  };
  return (
    <Card label="Set-up" className="min-w-0 p-4">
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          submit();
        }}
      >
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Checked mistake={mistake('name')}>
            <Field label="Name" hint="As people call it">
              <input
                value={form.name}
                placeholder="Shorter checkout"
                maxLength={nameLengthMax}
                aria-invalid={mistake('name') !== undefined}
                onChange={({ target }) => onChange({ name: target.value })}
                className={inputBox}
              />
            </Field>
          </Checked>
          <Checked mistake={mistake('experimentId')}>
            <Field label="Experiment id" hint="As events name it: experimentId">
              <input
                value={form.experimentId}
                placeholder="checkout"
                spellCheck={false}
                aria-invalid={mistake('experimentId') !== undefined}
                onChange={({ target }) => onChange({ experimentId: target.value })}
                className={`${inputBox} font-mono`}
              />
            </Field>
          </Checked>
        </div>
        <InTheData project={project} form={form} onChange={onChange} />
        <Field label="Hypothesis" hint="What changes, what follows, and why you believe so">
          <textarea
            rows={2}
            value={form.hypothesis}
            placeholder="With one page less, more people finish the checkout."
            onChange={({ target }) => onChange({ hypothesis: target.value })}
            className="w-full min-w-0 rounded-md border border-line bg-card px-2.5 py-1.5"
          />
        </Field>
        <Variants form={form} onChange={onChange} mistake={mistake('variants')} />
        <Goals project={project} chosen={form.goals} onChange={(goals) => onChange({ goals })} />
        <div className="grid items-start gap-4 sm:grid-cols-3">
          <Field label="First day" hint="Empty: it has not begun">
            <input
              type="date"
              value={form.start}
              onChange={({ target }) => onChange({ start: target.value })}
              className={inputBox}
            />
          </Field>
          <Checked mistake={mistake('end')}>
            <Field label="Last day" hint="As planned before it begins">
              <input
                type="date"
                value={form.end}
                min={form.start}
                aria-invalid={mistake('end') !== undefined}
                onChange={({ target }) => onChange({ end: target.value })}
                className={inputBox}
              />
            </Field>
          </Checked>
          <Checked mistake={mistake('status')}>
            <Field label="Status">
              <select
                value={form.status}
                onChange={({ target }) => onChange({ status: target.value as Status })}
                className={inputBox}
              >
                {statuses.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </Field>
          </Checked>
        </div>
        {save.isError && (
          <p role="alert" className="rounded-lg bg-bad-soft p-3 text-bad">
            {isOutdated(save.error) ? changedMeanwhile : save.error.message}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" disabled={save.isPending}>
            {saved === undefined ? 'Set it up' : 'Save the changes'}
          </Button>
        </div>
      </form>
    </Card>
  );
}

export function Checked({ mistake, children }: { mistake: string | undefined; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      {children}
      {mistake !== undefined && (
        <p role="alert" className="text-[13px] text-bad">
          {mistake}
        </p>
      )}
    </div>
  );
}

/** What events already say of this id, with a button that takes it over. */
function InTheData({ project, form, onChange }: Omit<FormProps, 'saved'>) {
  const experimentId = useDebounced(form.experimentId.trim(), settleMs);
  const traces = useTraces(project, experimentId);
  if (experimentId === '' || traces === undefined) return null;
  if (traces === null)
    return (
      <p className="text-[13px] text-faint">
        No exposure of the last 90 days names <code className="font-mono">{experimentId}</code>: it is new.
      </p>
    );
  const keys = form.variants.map(({ key }) => key);
  const isTaken = traces.variants.every(({ key }) => keys.includes(key)) && form.start !== '';
  const total = traces.variants.reduce((sum, { exposures }) => sum + exposures, 0);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg bg-accent-soft p-3">
      <p className="min-w-0 flex-1 basis-64 break-words">
        The data has it: {counted(total, 'exposure')} of{' '}
        {traces.variants
          .map(({ key }) => key)
          .sort()
          .join(', ')}
        .
      </p>
      {!isTaken && (
        <Button small onClick={() => onChange(takenOver(form, traces))}>
          Take variants and start from there
        </Button>
      )}
    </div>
  );
}

function takenOver(form: Form, traces: NonNullable<ReturnType<typeof useTraces>>): Partial<Form> {
  const named = new Map(form.variants.map((variant) => [variant.key, variant]));
  const variants = traces.variants
    .map(({ key }) => named.get(key) ?? newVariant(key))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const all = variants.length > 1 ? variants : [...variants, ...form.variants].slice(0, 2);
  const control =
    all.find(({ id }) => id === form.control) ?? all.find(({ key }) => key === 'control') ?? all[0];
  return {
    variants: all,
    control: control?.id,
    start: form.start === '' ? dayIn(Date.parse(traces.since), browserZone) : form.start,
    status: form.status === 'draft' ? 'running' : form.status,
  };
}
