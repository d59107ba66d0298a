/** Answers in the form that cases are written in: without what only repeats the question, and without what would be zeros. */
import type {
  Answer,
  AnswerData,
  Bucket,
  FunnelData,
  FunnelGroup,
  LiveData,
  PathsData,
  PersonData,
  RetentionData,
  SeriesData,
  SessionsData,
} from '../../src/query/wire.ts';
import type { ExpectedAnswer } from './answer-set.ts';

type Numbers = readonly (number | null)[];
/** Keys of persons say nothing to a reader. */
type ShownPerson = Omit<PersonData, 'key'>;

interface ShownFunnel {
  readonly counts: readonly number[];
  readonly rates: Numbers;
  readonly ratesFromPrevious: Numbers;
  readonly fromPreviousMs: Numbers;
  readonly fromStartMs: Numbers;
  /** Only where somebody converted. */
  readonly toConvert: readonly (readonly [fromMs: number, toMs: number | null, count: number])[];
  readonly groups?: readonly FunnelGroup[];
}

interface ShownPeople {
  readonly people: readonly ShownPerson[];
  /** Whether another page follows. */
  readonly more: boolean;
}

interface ShownUser {
  readonly person: ShownPerson | null;
  /** Type and time, newest first. */
  readonly timeline: readonly string[];
  readonly more: boolean;
}

interface ShownRetention {
  readonly edges: readonly string[];
  readonly cut: readonly number[];
  readonly cohorts: RetentionData['cohorts'];
}

interface ShownLive extends Omit<LiveData, 'kind' | 'minutes'> {
  /** Events and users of the minutes in which something happened, by 'hh:mm'. */
  readonly minutes: Readonly<Record<string, readonly [events: number, users: number]>>;
}

interface ShownSeries {
  readonly edges?: readonly string[];
  readonly cut?: readonly number[];
  readonly series: Readonly<Record<string, Numbers>>;
  readonly compared?: Readonly<Record<string, Numbers>>;
}

type Shown =
  | ShownFunnel
  | ShownPeople
  | ShownUser
  | ShownRetention
  | ShownLive
  | ShownSeries
  | Omit<PathsData, 'kind'>
  | Omit<SessionsData, 'kind'>;

type AllOf<T> = T extends unknown ? keyof T : never;
/** Of any kind of analysis. */
export type ShownAnalysis = {
  readonly [Key in AllOf<Shown>]: Shown extends infer One
    ? One extends { readonly [K in Key]?: infer V }
      ? V
      : never
    : never;
};

/** What the answer shows and what it should; of analyses only what the case tells of. */
export function asExpected({ data }: Answer, expected: ExpectedAnswer): [actual: unknown, expected: unknown] {
  // plain objects: properties may come without a prototype
  const shown = JSON.parse(JSON.stringify(shownOf(data))) as Record<string, unknown>;
  if (data.kind === 'trend') return [shown, { cut: [], ...expected }];
  const isWhole = ['summary', 'breakdown', 'events'].includes(data.kind);
  if (isWhole) return [shown, expected];
  return [Object.fromEntries(Object.keys(expected).map((key) => [key, shown[key]])), expected];
}

function shownOf(data: AnswerData): object {
  const { kind: _, ...rest } = data;
  switch (data.kind) {
    case 'trend':
      return { ...edgesOf(data.buckets), total: data.total, ...(data.groups && { groups: data.groups }) };
    case 'funnel':
      return funnelOf(data);
    case 'people':
      return { people: data.people.map(personOf), more: data.next !== undefined };
    case 'user':
      return {
        person: data.person && personOf(data.person),
        timeline: data.events.map(({ type, timestamp }) => `${type} ${timestamp.slice(0, 16)}`),
        more: data.next !== undefined,
      };
    case 'retention':
      return { ...edgesOf(data.periods), cohorts: data.cohorts };
    case 'live':
      return { ...rest, minutes: minutesOf(data) };
    case 'series':
      return seriesOf(data);
    default:
      return rest;
  }
}

/** Borders of the buckets, one more than there are, and which of them are not whole. */
function edgesOf(buckets: readonly Bucket[]): {
  readonly edges: readonly string[];
  readonly cut: readonly number[];
} {
  const times = [...buckets.map(({ from }) => from), buckets.at(-1)!.to];
  return {
    edges: times.map((time) => time.slice(0, 16)),
    cut: buckets.flatMap(({ complete }, i) => (complete ? [] : [i])),
  };
}

function funnelOf({ steps, toConvert, groups }: FunnelData): ShownFunnel {
  return {
    counts: steps.map(({ count }) => count),
    rates: steps.map(({ rate }) => rate),
    ratesFromPrevious: steps.map(({ rateFromPrevious }) => rateFromPrevious),
    fromPreviousMs: steps.map(({ medianFromPreviousMs }) => medianFromPreviousMs),
    fromStartMs: steps.map(({ medianFromStartMs }) => medianFromStartMs),
    toConvert: toConvert.flatMap(({ fromMs, toMs, count }) => (count === 0 ? [] : [[fromMs, toMs, count]])),
    ...(groups && { groups }),
  };
}

const personOf = ({ key: _, ...person }: PersonData): ShownPerson => person;

function minutesOf({ minutes }: LiveData): ShownLive['minutes'] {
  const busy = minutes.filter(({ events }) => events > 0);
  return Object.fromEntries(busy.map(({ from, events, users }) => [from.slice(11, 16), [events, users]]));
}

function seriesOf(data: SeriesData & { readonly compare?: { readonly data: AnswerData } }): ShownSeries {
  const compared = data.compare?.data;
  return {
    ...(data.buckets && edgesOf(data.buckets)),
    series: valuesOf(data),
    ...(compared?.kind === 'series' && { compared: valuesOf(compared) }),
  };
}

const valuesOf = ({ series }: SeriesData): Readonly<Record<string, Numbers>> =>
  Object.fromEntries(series.map(({ name, values }) => [name, values]));
