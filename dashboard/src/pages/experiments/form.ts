/** The form of an experiment: what is typed, what is wrong with it, and what is saved of it. */
import { browserZone } from '../../format/dates.ts';
import { dayIn, type ExperimentBody, momentOf, type Status, type VariantBody } from './experiment.ts';
import type { SavedExperiment } from './use-experiments.ts';

export interface VariantForm {
  /** Tells the rows of the form apart; never saved. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly weight: string;
}

export interface Form {
  readonly name: string;
  readonly experimentId: string;
  readonly hypothesis: string;
  readonly variants: readonly VariantForm[];
  /** The row's `id`; absent: as the server chooses. */
  readonly control: string | undefined;
  readonly goals: readonly string[];
  /** Days on the reader's clocks, both included; '' is none. */
  readonly start: string;
  readonly end: string;
  readonly status: Status;
}

let rows = 0;

export const newVariant = (key = '', name = '', weight = 1): VariantForm => ({
  id: `variant-${rows++}`,
  key,
  name,
  weight: String(weight),
});

export function formOf(saved: SavedExperiment | undefined, experimentId: string): Form {
  if (saved === undefined) {
    const variants = [newVariant('control'), newVariant()];
    return {
      ...{ name: experimentId, experimentId, hypothesis: '', variants, control: variants[0]!.id },
      ...{ goals: [], start: '', end: '', status: 'draft' },
    };
  }
  const { body, name } = saved;
  const variants = body.variants.map(({ key, name: called, weight }) => newVariant(key, called, weight));
  return {
    name,
    experimentId: body.experimentId,
    hypothesis: body.hypothesis ?? '',
    variants,
    control: variants.find(({ key }) => key === body.control)?.id,
    goals: body.goals ?? [],
    start: body.start === undefined ? '' : dayIn(momentOf(body.start), browserZone),
    end: body.end === undefined ? '' : dayIn(momentOf(body.end, true) - 1, browserZone),
    status: body.status ?? 'draft',
  };
}

type Mistakes = Partial<Record<'name' | 'experimentId' | 'variants' | 'end' | 'status', string>>;

/** What is wrong before anything is sent; the server checks the rest. */
export function mistakesOf({ name, experimentId, variants, start, end, status }: Form): Mistakes {
  const keys = variants.map(({ key }) => key.trim());
  const double = keys.find((key, index) => keys.indexOf(key) < index);
  const wrongWeight = variants.find(({ weight }) => !(Number(weight) > 0));
  const variantMistake = keys.includes('')
    ? 'Each variant needs the key that events name it by.'
    : double !== undefined
      ? `“${double}” is there twice.`
      : wrongWeight !== undefined
        ? `The weight of “${wrongWeight.key}” must be above 0.`
        : undefined;
  return {
    ...(name.trim() === '' && { name: 'It needs a name.' }),
    ...(experimentId.trim() === '' && { experimentId: 'Without its id no event can be found.' }),
    ...(variantMistake !== undefined && { variants: variantMistake }),
    ...(end !== '' && start === '' && { end: 'A last day needs a first day.' }),
    ...(end !== '' && start !== '' && end < start && { end: 'The last day is before the first.' }),
    ...(status === 'running' && start === '' && { status: 'Running since when? Give the first day.' }),
  };
}

/** As it is saved. Days that were not touched keep the moment that they had. */
export function bodyOf(form: Form, before: ExperimentBody | undefined): ExperimentBody {
  const { hypothesis, goals, control, status, start, end } = form;
  const kept = before === undefined ? undefined : formDays(before);
  const startMoment = kept?.start === start ? before?.start : beginOf(start);
  const endMoment = kept?.end === end ? before?.end : beginOf(dayAfter(end));
  const chosen = form.variants.find(({ id }) => id === control)?.key.trim();
  return {
    ...before,
    experimentId: form.experimentId.trim(),
    hypothesis: hypothesis.trim() === '' ? undefined : hypothesis.trim(),
    variants: form.variants.map(variantOf),
    control: chosen,
    goals: goals.length === 0 ? undefined : goals,
    start: startMoment,
    end: endMoment,
    status,
  };
}

function variantOf({ key, name, weight }: VariantForm): VariantBody {
  const called = name.trim();
  return {
    key: key.trim(),
    ...(called !== '' && { name: called }),
    ...(Number(weight) !== 1 && { weight: Number(weight) }),
  };
}

const formDays = ({ start, end }: ExperimentBody) => ({
  start: start === undefined ? '' : dayIn(momentOf(start), browserZone),
  end: end === undefined ? '' : dayIn(momentOf(end, true) - 1, browserZone),
});

const dayMs = 86_400_000;
const dayAfter = (day: string) =>
  day === '' ? '' : new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);

/** The first moment of a day on the reader's clocks, as ISO 8601; undefined for ''. */
function beginOf(day: string): string | undefined {
  if (day === '') return undefined;
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(year, month - 1, date).toISOString();
}
