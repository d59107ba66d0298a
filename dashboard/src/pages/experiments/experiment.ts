/**
 * A saved experiment as the pages see it: its state in words, its time, its variants as they were meant and as they were seen, and the
 * question whose answer are its results. Times that people choose are kept as moments, so that everybody sees the same results.
 */
import type { ExperimentData } from '../../../../src/query/wire.ts';
import type { PlanInput } from '../../api/questions.ts';

export type RateResult = ExperimentData['conversion'][number];
export type MeanResult = NonNullable<ExperimentData['money']>[number]['variants'][number];
export type Verdict = ExperimentData['verdicts'][number];

export const exposures = { field: 'type', op: 'in', value: ['EXPOSURE', 'exposure'] } as const;
export const conversions = { field: 'type', op: 'in', value: ['CONVERSION', 'conversion'] } as const;
export const goalsMax = 10;
export const variantsMax = 50;

export type Status = 'draft' | 'running' | 'ended';

export interface VariantBody {
  readonly key: string;
  readonly name?: string;
  readonly weight?: number;
}

/** As it is saved; `start` and `end` are ISO 8601: a moment, or a day, of which an end covers the whole. */
export interface ExperimentBody {
  readonly experimentId: string;
  readonly hypothesis?: string;
  readonly variants: readonly VariantBody[];
  readonly control?: string;
  /** The first one is what the experiment is about. */
  readonly goals?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly status?: Status;
  readonly description?: string;
}

const dayMs = 86_400_000;
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** Epoch ms. Of a day, its begin, or as an end the begin of the next one. */
export const momentOf = (text: string, isEnd = false): number =>
  Date.parse(text) + (isEnd && isDay(text) ? dayMs : 0);

/** '2026-01-05', as the clocks of the zone have it. */
export const dayIn = (time: number, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(time);

export interface State {
  readonly name: 'draft' | 'planned' | 'running' | 'overdue' | 'ended';
  readonly label: string;
}

/** What stands in the list and over the results. `now`: epoch ms. */
export function stateOf({ status = 'draft', start, end }: ExperimentBody, now: number): State {
  if (status === 'draft') return { name: 'draft', label: 'Draft' };
  if (status === 'ended') return { name: 'ended', label: 'Ended' };
  if (start !== undefined && momentOf(start) > now) return { name: 'planned', label: 'Planned' };
  if (end !== undefined && momentOf(end, true) <= now) return { name: 'overdue', label: 'Past its end' };
  return { name: 'running', label: 'Running' };
}

/** How long in whole days, begun ones included: up to now, and as planned. Undefined without a start, or before it. */
export function daysOf(
  { start, end }: ExperimentBody,
  now: number,
): { readonly days: number; readonly planned?: number } | undefined {
  if (start === undefined || momentOf(start) > now) return undefined;
  const from = momentOf(start);
  const last = end === undefined ? undefined : momentOf(end, true);
  const daysUntil = (to: number) => Math.max(1, Math.ceil((to - from) / dayMs));
  const days = daysUntil(Math.min(now, last ?? now));
  return last === undefined ? { days } : { days, planned: daysUntil(last) };
}

export interface Look {
  readonly per: 'user' | 'session';
  readonly includeMixed: boolean;
  readonly zone: string;
  readonly now: number;
}

/** Of one answer. */
const answerDaysMax = 400;
/** Without a start. */
const defaultRange = '90d';

/** The question of the list: what is needed for a line. */
export function plainPlan(body: ExperimentBody, { per, includeMixed, zone, now }: Look): PlanInput {
  const { experimentId, control, variants, goals, start, end } = body;
  // a day ahead, so that the question is the same one all day
  const tomorrow = dayIn(now + dayMs, zone);
  const ended = end !== undefined && momentOf(end, true) <= now;
  const last = ended ? (isDay(end) ? dayIn(Date.parse(end) + dayMs, 'UTC') : end) : tomorrow;
  return {
    kind: 'experiment',
    experiment: experimentId,
    ...(start === undefined ? { range: defaultRange } : { from: start, to: last }),
    timeZone: zone,
    per,
    ...(goals !== undefined && { goals }),
    ...(control !== undefined && { control }),
    weights: Object.fromEntries(variants.map(({ key, weight = 1 }) => [key, weight])),
    ...(includeMixed && { includeMixed }),
    reach: false,
  };
}

/** The question of the results: money and days besides. */
export function resultsPlan(body: ExperimentBody, look: Look): PlanInput {
  const { days = 1 } = daysOf(body, look.now) ?? {};
  return { ...plainPlan(body, look), money: true, ...(days < answerDaysMax && { byDay: true }) };
}

/** Nothing is asked of a time that is to come. */
export const hasBegun = ({ start }: ExperimentBody, now: number): boolean =>
  start === undefined || momentOf(start) <= now;

/** The control as the server would choose it, when nobody has said which. */
export function controlOf({ control, variants }: ExperimentBody): string {
  const keys = variants.map(({ key }) => key).sort();
  return control ?? (keys.includes('control') ? 'control' : (keys[0] ?? ''));
}

/** A variant to show: as set up, as seen, or both. */
export interface ShownVariant {
  readonly key: string;
  readonly name: string;
  readonly isControl: boolean;
  readonly isSetUp: boolean;
  readonly isSeen: boolean;
}

/** The control first, then as they were set up, then those that only the data has. */
export function shownVariants(body: ExperimentBody, data: ExperimentData): readonly ShownVariant[] {
  const control = data.control ?? controlOf(body);
  const seen = new Set(data.conversion.map(({ variant }) => variant));
  const setUp = body.variants.map(({ key, name }) => ({
    ...{ key, name: name === undefined || name === '' ? key : name, isSetUp: true },
    ...{ isControl: key === control, isSeen: seen.has(key) },
  }));
  const known = new Set(setUp.map(({ key }) => key));
  const others = [...seen]
    .filter((key) => !known.has(key))
    .map((key) => ({ key, name: key, isSetUp: false, isControl: key === control, isSeen: true }));
  return [...setUp, ...others].sort((a, b) => Number(b.isControl) - Number(a.isControl));
}

export interface GoalChoice {
  /** `any`, `none`, or `goal:` and its name. */
  readonly id: string;
  readonly label: string;
  readonly results: readonly RateResult[];
  /** Everything that is said of conversions is said of it. */
  readonly isOnly?: boolean;
}

/** What conversions may be looked at: what the experiment is about first. */
export function goalChoices(
  { goals: wanted = [] }: ExperimentBody,
  data: ExperimentData,
): readonly GoalChoice[] {
  const place = (goal: string | null) => (goal === null ? -1 : wanted.indexOf(goal));
  const goals = data.goals
    .map(({ goal, variants }) => ({
      id: goal === null ? 'none' : `goal:${goal}`,
      label: goal ?? 'Without a goal',
      results: variants,
      place: place(goal),
    }))
    .sort((a, b) => a.place - b.place);
  // one goal that every conversion names is not told twice
  const isOnly = goals.length === 0;
  const label = isOnly && wanted.length === 1 ? wanted[0]! : 'Any conversion';
  const any = { id: 'any', label, results: data.conversion, isOnly };
  return wanted.length > 0 ? [...goals, any] : [any, ...goals];
}

/** Whether a verdict is about the goal that is looked at. */
export function isAbout({ params }: Verdict, { id, isOnly = false }: GoalChoice): boolean {
  if (params.currency !== undefined) return false;
  if (isOnly) return true;
  if (id === 'any') return params.goal === undefined;
  return params.goal === (id === 'none' ? '' : id.slice('goal:'.length));
}

/** What stops first, then what is said of the first goal, then the rest, each as the server has ordered it. */
export function ordered(
  { verdicts }: ExperimentData,
  { goals: [first] = [] }: ExperimentBody,
): readonly Verdict[] {
  const place = ({ tone, params }: Verdict) =>
    tone === 'stop' ? 0 : first !== undefined && params.goal === first ? 1 : 2;
  return [...verdicts].sort((a, b) => place(a) - place(b));
}

/** A sentence as it stands by itself; names stay as they were sent. */
export function sentence({ text, params }: Verdict): string {
  const isName = Object.values(params).some(
    (value) => typeof value === 'string' && value !== '' && text.startsWith(value),
  );
  const begun = isName ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return `${begun}.`;
}

/** Units with an exposure of any variant, each once (when those that saw several are told for each, as if they saw two). */
export const exposedOf = ({ conversion, mixed }: ExperimentData): number =>
  conversion.reduce((sum, { exposed }) => sum + exposed, 0) + (mixed.included ? -mixed.units : mixed.units);
