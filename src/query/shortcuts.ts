/**
 * The GET shortcuts under /api/v1/analytics/: a table that says which parameters each takes and how they make a plan. Their answer is that
 * of the plan. `from` and `to` are inclusive, as everywhere in addresses; without a range it is the last 30 days.
 */
import { millisecondsPerDay } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import { invalid } from '../plan/check.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import type { Interval, PlanKind } from '../plan/plan.ts';
import { namedRange } from '../plan/range.ts';
import { momentOf, zoneOf } from './get-scope.ts';
import {
  choice,
  common,
  compare,
  condition,
  duration,
  exact,
  flag,
  integer,
  metrics,
  nameList,
  type Parameter,
  sample,
  steps,
  text,
} from './shortcut-parameters.ts';

type Members = Readonly<Record<string, unknown>>;

export interface Shortcut {
  readonly name: string;
  /** The kind of plan that it makes. */
  readonly kind: PlanKind;
  readonly doc: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Of members read from the parameters, those that a plan has otherwise. */
  readonly shape?: (members: Members, range: Members, now: number) => Members;
  /** Has no range: it is about now. */
  readonly isLive?: true;
}

const rangeDefault = '30d';
const limit = (what: string, maximum: number) => integer(what, 1, maximum);
const groups = limit('Groups to tell apart, 10 when absent; the rest is one group, `other`.', 1_000);
const page = limit('How many; 50 when absent.', 1_000);
const after = text('The `next` of the page before.');
const field = (doc: string) => text(doc, 'country');
const per = choice('Whose events make one sequence.', ['user', 'session']);

export const shortcuts: readonly Shortcut[] = [
  {
    name: 'trend',
    kind: 'trend',
    doc: 'Numbers over time. Without `interval` one that fits the range.',
    parameters: {
      ...common,
      interval: choice('The length of a bucket.', ['15m', 'hour', 'day', 'week', 'month']),
      metrics,
      by: field('A field; the answer has a series for each of its values.'),
      limit: groups,
      compare,
      exact,
      sample,
    },
    shape: (members, range, now) => ({
      ...grouped(members),
      interval: members.interval ?? intervalFor(range, now),
    }),
  },
  {
    name: 'top',
    kind: 'summary',
    doc: 'The values of a field with most events, and their numbers.',
    parameters: {
      ...common,
      by: field('The field; `path` when absent.'),
      metrics,
      limit: groups,
      compare,
      exact,
      sample,
    },
    shape: (members) => grouped({ by: 'path', ...members }),
  },
  {
    name: 'breakdown',
    kind: 'breakdown',
    doc: 'The first groups by several fields together.',
    parameters: {
      ...common,
      by: { ...nameList('Up to 4 fields, between commas.', 'country,device'), required: true },
      metrics,
      limit: groups,
      compare,
      exact,
      sample,
    },
  },
  {
    name: 'funnel',
    kind: 'funnel',
    doc: 'How many people went from step to step.',
    parameters: {
      ...common,
      steps,
      window: duration('The longest time from the first step to the last; `7d` when absent.'),
      order: choice('In which order steps count.', ['ordered', 'strict', 'any']),
      per,
      by: field('A field of the first event; the answer has numbers for each of its values.'),
      limit: groups,
      sample,
    },
    shape: ({ window, ...members }) => ({
      ...grouped(members),
      ...(window !== undefined && { windowMs: window }),
    }),
  },
  {
    name: 'retention',
    kind: 'retention',
    doc: 'How many of those who came first in one period came again in later ones.',
    parameters: {
      ...common,
      start: condition(
        'What they must have done first: a type of events, or a filter; anything when absent.',
      ),
      return: condition('What counts as coming again; anything when absent.'),
      period: choice('`week` when absent.', ['day', 'week', 'month']),
      mode: choice('Whether in that very period, or in it or any later one.', ['on', 'onOrAfter']),
      first: choice('Whether the first time ever lies in the range, or the first within it.', [
        'ever',
        'range',
      ]),
      sample,
    },
  },
  {
    name: 'paths',
    kind: 'paths',
    doc: 'What comes after what, from a value on, back from one, or from the beginning of each sequence.',
    parameters: {
      ...common,
      field: field('Whose values are followed; `path` when absent.'),
      start: text('Begin at this value.', '/pricing'),
      end: text('Go back from this value.', '/checkout'),
      steps: integer('How many steps; 5 when absent.', 2, 8),
      limit: limit('Values told apart at each step; 10 when absent.', 50),
      per,
      sample,
    },
  },
  {
    name: 'sessions',
    kind: 'sessions',
    doc: 'Visits: how many, how long, how many left at once.',
    parameters: {
      ...common,
      by: field('`entryPath`, `exitPath`, or a field of the first event.'),
      limit: groups,
      sample,
    },
    shape: ({ by, limit: most, ...members }) => ({
      ...members,
      ...groupedBy('dimension', by, most),
    }),
  },
  {
    name: 'users',
    kind: 'users',
    doc: 'The people themselves.',
    parameters: {
      ...common,
      order: choice('`lastSeen` when absent.', ['lastSeen', 'firstSeen', 'events']),
      limit: page,
      after,
      sample,
    },
  },
  {
    name: 'user',
    kind: 'user',
    doc: "One person's events, newest first, over every id that is theirs.",
    parameters: {
      ...common,
      person: { ...text('Any id of theirs.', 'ada'), required: true },
      limit: page,
      after,
    },
  },
  {
    name: 'events',
    kind: 'events',
    doc: 'The events themselves, newest first.',
    parameters: { ...common, limit: limit('How many; 100 when absent.', 1_000), after },
  },
  {
    name: 'experiment',
    kind: 'experiment',
    doc: 'An experiment in numbers and words: who saw what, who converted, and whether it is the variant that made it so.',
    parameters: {
      ...common,
      experiment: { ...text('The `experimentId`.', 'checkout'), required: true },
      per: choice('What is exposed and converts; `user` when absent.', ['user', 'session']),
      goals: nameList('Values of `properties.goal`, between commas; every conversion when absent.', 'order'),
      money: flag('Tell `amount` by currency too.'),
      reach: flag('Tell users and sessions of each variant, and what else they did: `false` costs half.'),
      includeMixed: flag('Count who saw several variants for each of them; left out when absent.'),
      control: text('The variant that the others are compared with.', 'A'),
      byDay: flag('Tell it by day too.'),
      exact,
    },
  },
  {
    name: 'live',
    kind: 'live',
    doc: 'The last 30 minutes by minute, who is there now, and what they look at.',
    parameters: {
      timeZone: common.timeZone,
      bots: common.bots,
      filter: common.filter,
      limit: limit('Values told of each field; 10 when absent.', 50),
    },
    isLive: true,
  },
];

/**
 * The plan of a shortcut as `Query.ask` takes it. `given` are the parameters of the address, unescaped; `now` is epoch ms. Errors:
 * plan_invalid, its pointer naming the parameter.
 */
export function shortcutPlan(
  shortcut: Shortcut,
  given: Readonly<Record<string, string>>,
  now: number,
): Members {
  const members = Object.fromEntries(
    Object.entries(shortcut.parameters).flatMap(([name, parameter]) => {
      const value = given[name];
      if (value === undefined && parameter.required)
        throw invalid(`/${name}`, `must be given: ${parameter.doc}`, undefined);
      return value === undefined ? [] : [[name, parameter.read(value, `/${name}`)]];
    }),
  );
  const { from: _, to: __, range: ___, compare: other, ...own } = members;
  const range = shortcut.isLive ? {} : rangeOf(given, now);
  return {
    kind: shortcut.kind,
    ...range,
    ...(shortcut.shape?.(own, range, now) ?? own),
    ...(other !== undefined && { compare: compared(String(other), given) }),
  };
}

/** A refusal of the plan as one of the parameter that its member came from; anything else as it is. */
export function inParameters({ parameters }: Shortcut, error: unknown): unknown {
  if (!isFailure(error, 'plan_invalid')) return error;
  const { pointer, rule, value } = error.details as Readonly<Record<'pointer' | 'rule' | 'value', string>>;
  const parts = pointer.split('/').slice(1);
  const last = parts.at(-1) ?? '';
  const [first = ''] = parts;
  const name = first === 'by' && last === 'limit' ? 'limit' : (renamed[first] ?? first);
  return failure('plan_invalid', { pointer: name in parameters ? `/${name}` : pointer, rule, value });
}

const renamed: Readonly<Record<string, string>> = { windowMs: 'window' };

/** `from` and `to` inclusive, a preset, or the last 30 days. */
function rangeOf(given: Readonly<Record<string, string>>, now: number): Members {
  const { from, to, range } = given;
  const zone = zoneOf(given.timeZone);
  if (range !== undefined) return { range, ...(from && { from }), ...(to && { to }) };
  if (from === undefined && to === undefined) return { range: rangeDefault };
  if (from === undefined) throw invalid('/from', 'must be given with to', undefined);
  return {
    from: momentOf('from', from, zone).from,
    to: to === undefined ? namedRange('today', now, zone).to : momentOf('to', to, zone).end,
  };
}

/** 'previous', 'year', or both ends inclusive: 'FROM..TO'. */
function compared(text: string, given: Readonly<Record<string, string>>): unknown {
  const [from = '', to, ...more] = text.split('..');
  if (to === undefined || more.length > 0) {
    if (text === 'previous' || text === 'year') return text;
    throw invalid('/compare', 'must be previous, year, or FROM..TO', text);
  }
  const zone = zoneOf(given.timeZone);
  return { from: momentOf('compare', from, zone).from, to: momentOf('compare', to, zone).end };
}

function grouped({ by, limit: most, ...members }: Members): Members {
  return { ...members, ...groupedBy('field', by, most) };
}

function groupedBy(name: string, by: unknown, most: unknown): Members {
  if (by === undefined && most !== undefined) throw invalid('/limit', 'goes with by', most);
  return by === undefined ? {} : { by: { [name]: by, ...(most !== undefined && { limit: most }) } };
}

/** Some dozens of buckets, a few hundred at most. */
function intervalFor(range: Members, now: number): Interval {
  const { from, to } = parsePlan({ kind: 'events', ...range }, { project: '', now });
  const days = (to - from) / millisecondsPerDay;
  if (days <= 0.5) return '15m';
  if (days <= 3) return 'hour';
  if (days <= 100) return 'day';
  return days <= 800 ? 'week' : 'month';
}
