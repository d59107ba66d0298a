/** Funnels, retention, paths, sessions, people: the kinds of analysis.ts out of what was sent. */
import { millisecondsPerDay } from '../clock.ts';
import {
  type AnalysisPlan,
  type FirstTouch,
  type FunnelExclusion,
  type FunnelOrder,
  type FunnelPlan,
  type FunnelStep,
  type PathsPlan,
  type Per,
  type RetentionPeriod,
  type RetentionPlan,
  type SessionsPlan,
  tagsMax,
} from './analysis.ts';
import { below, type Fields, integer, invalid, list, objectWith, oneOf, text } from './check.ts';
import { bucketsOf } from './edges.ts';
import { namesOfExperiments, parseExperiment } from './parse-experiment.ts';
import { groupableField, parseBy } from './parse-numbers.ts';
import { explained, type ParsedScope, plain, scopeNames } from './parse-scope.ts';
import type { Scalar } from './plan.ts';

export const funnelStepsMax = 20;
/** Steps and exclusions together. */
export const funnelTagsMax = tagsMax;
export const windowMsMax = 366 * millisecondsPerDay;
export const windowMsDefault = 7 * millisecondsPerDay;
export const retentionPeriodsMax = 90;
export const pathStepsMax = 8;
export const pathLimitMax = 50;
export const peopleMax = 1_000;
export const peopleDefault = 50;
export const liveMs = 30 * 60_000;

export const namesOfAnalyses: Readonly<Record<AnalysisPlan['kind'], readonly string[]>> = {
  funnel: [...scopeNames, 'steps', 'order', 'windowMs', 'exclude', 'per', 'by', 'people'],
  retention: [...scopeNames, 'start', 'return', 'period', 'mode', 'first'],
  paths: [...scopeNames, 'field', 'start', 'end', 'steps', 'limit', 'per'],
  sessions: [...scopeNames, 'by'],
  users: [...scopeNames, 'order', 'limit', 'after'],
  user: [...scopeNames, 'person', 'limit', 'after'],
  live: [...scopeNames, 'limit'],
  experiment: namesOfExperiments,
};

/** Errors: plan_invalid. */
export function parseAnalysis(kind: AnalysisPlan['kind'], fields: Fields, scope: ParsedScope): AnalysisPlan {
  const common = { ...plain(scope), ...explained(fields) };
  switch (kind) {
    case 'funnel':
      return { kind, ...common, ...parseFunnel(fields, scope) };
    case 'retention':
      return { kind, ...common, ...parseRetention(fields, scope) };
    case 'paths':
      return { kind, ...common, ...parsePaths(fields) };
    case 'sessions':
      return { kind, ...common, ...parseSessions(fields) };
    case 'users': {
      const order = oneOf(fields.order ?? 'lastSeen', '/order', ['lastSeen', 'firstSeen', 'events'] as const);
      return { kind, ...common, order, ...parsePage(fields) };
    }
    case 'user':
      return { kind, ...common, person: nonEmpty(fields.person, '/person'), ...parsePage(fields) };
    case 'live':
      return { kind, ...common, limit: integer(fields.limit ?? 10, '/limit', 1, pathLimitMax) };
    case 'experiment':
      return { kind, ...common, ...parseExperiment(fields, scope) };
    default:
      return kind satisfies never;
  }
}

type Own<P> = Omit<P, 'kind' | keyof ParsedScope>;

function parseFunnel(fields: Fields, scope: ParsedScope): Own<FunnelPlan> {
  const order: FunnelOrder = oneOf(fields.order ?? 'ordered', '/order', [
    'ordered',
    'strict',
    'any',
  ] as const);
  const steps = list(fields.steps, '/steps', funnelStepsMax).map((step, i) =>
    parseStep(step, i, order, scope),
  );
  if (steps.length < 2) throw invalid('/steps', 'must have at least 2 members', fields.steps);
  const exclude =
    fields.exclude === undefined || (Array.isArray(fields.exclude) && fields.exclude.length === 0)
      ? []
      : list(fields.exclude, '/exclude', funnelTagsMax - steps.length).map((one, i) =>
          parseExclusion(one, i, steps.length, scope),
        );
  if (order === 'any' && exclude.length > 0)
    throw invalid('/exclude', 'does not go with the order any: no step comes before another', fields.exclude);
  return {
    steps,
    order,
    windowMs: integer(fields.windowMs ?? windowMsDefault, '/windowMs', 1, windowMsMax),
    exclude,
    per: parsePer(fields.per),
    ...(fields.by !== undefined && { by: parseBy(fields.by) satisfies FirstTouch }),
    ...(fields.people !== undefined && { people: parsePeople(fields.people, steps.length) }),
  };
}

function parseStep(value: unknown, i: number, order: FunnelOrder, scope: ParsedScope): FunnelStep {
  const pointer = below('/steps', i);
  const given = objectWith(value, pointer, ['name', 'filter', 'withinMs']);
  const within = below(pointer, 'withinMs');
  if (given.withinMs !== undefined && (i === 0 || order === 'any'))
    throw invalid(within, 'goes with a step that has one before it', given.withinMs);
  return {
    name: given.name === undefined ? `Step ${i + 1}` : nonEmpty(given.name, below(pointer, 'name')),
    filter: scope.parse(given.filter, below(pointer, 'filter')),
    ...(given.withinMs !== undefined && { withinMs: integer(given.withinMs, within, 1, windowMsMax) }),
  };
}

function parseExclusion(value: unknown, i: number, steps: number, scope: ParsedScope): FunnelExclusion {
  const pointer = below('/exclude', i);
  const given = objectWith(value, pointer, ['filter', 'after', 'before']);
  const after = integer(given.after ?? 1, below(pointer, 'after'), 1, steps - 1);
  return {
    filter: scope.parse(given.filter, below(pointer, 'filter')),
    after,
    before: integer(given.before ?? steps, below(pointer, 'before'), after + 1, steps),
  };
}

function parsePeople(value: unknown, steps: number): NonNullable<FunnelPlan['people']> {
  const given = objectWith(value, '/people', ['step', 'outcome', 'limit', 'after']);
  const outcome = oneOf(given.outcome ?? 'reached', '/people/outcome', ['reached', 'dropped'] as const);
  return {
    step: integer(given.step, '/people/step', 1, outcome === 'dropped' ? steps - 1 : steps),
    outcome,
    limit: integer(given.limit ?? peopleDefault, '/people/limit', 1, peopleMax),
    ...(given.after !== undefined && { after: nonEmpty(given.after, '/people/after') }),
  };
}

/** Any event of the person. */
const anyEvent = { field: 'type', op: 'exists' };

function parseRetention(fields: Fields, scope: ParsedScope): Own<RetentionPlan> {
  const period: RetentionPeriod = oneOf(fields.period ?? 'week', '/period', [
    'day',
    'week',
    'month',
  ] as const);
  const { from, to, timeZone, weekStart } = scope;
  const periods = bucketsOf(from, to, period, timeZone, weekStart).edges.length - 1;
  if (periods > retentionPeriodsMax)
    throw invalid(
      '/period',
      `makes ${periods} periods of this range, over the limit of ${retentionPeriodsMax}`,
      period,
    );
  return {
    start: scope.parse(fields.start ?? anyEvent, '/start'),
    return: scope.parse(fields.return ?? anyEvent, '/return'),
    period,
    mode: oneOf(fields.mode ?? 'on', '/mode', ['on', 'onOrAfter'] as const),
    first: oneOf(fields.first ?? 'ever', '/first', ['ever', 'range'] as const),
  };
}

function parsePaths(fields: Fields): Own<PathsPlan> {
  if (fields.start !== undefined && fields.end !== undefined)
    throw invalid('/end', 'does not go with start; ask for one of them', fields.end);
  return {
    field: groupableField(fields.field ?? 'path', '/field'),
    ...(fields.start !== undefined && { start: scalar(fields.start, '/start') }),
    ...(fields.end !== undefined && { end: scalar(fields.end, '/end') }),
    steps: integer(fields.steps ?? 5, '/steps', 2, pathStepsMax),
    limit: integer(fields.limit ?? 10, '/limit', 1, pathLimitMax),
    per: parsePer(fields.per ?? 'session'),
  };
}

function parseSessions(fields: Fields): Own<SessionsPlan> {
  if (fields.by === undefined) return {};
  const by = typeof fields.by === 'string' ? { dimension: fields.by } : fields.by;
  const given = objectWith(by, '/by', ['dimension', 'limit']);
  const dimension = nonEmpty(given.dimension, '/by/dimension');
  const isPage = dimension === 'entryPath' || dimension === 'exitPath';
  return {
    by: {
      dimension: isPage ? dimension : groupableField(dimension, '/by/dimension'),
      limit: integer(given.limit ?? 10, '/by/limit', 1, 1_000),
    },
  };
}

function parsePage(fields: Fields): { readonly limit: number; readonly after?: string } {
  return {
    limit: integer(fields.limit ?? peopleDefault, '/limit', 1, peopleMax),
    ...(fields.after !== undefined && { after: nonEmpty(fields.after, '/after') }),
  };
}

const parsePer = (value: unknown): Per => oneOf(value ?? 'user', '/per', ['user', 'session'] as const);

function scalar(value: unknown, pointer: string): Scalar {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  return nonEmpty(value, pointer);
}

function nonEmpty(value: unknown, pointer: string): string {
  const checked = text(value, pointer);
  if (checked === '') throw invalid(pointer, 'must not be empty', value);
  return checked;
}
