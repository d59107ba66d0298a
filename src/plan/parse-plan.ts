/**
 * The door for questions: anything in, a checked and deeply frozen `Plan` out, with every default filled in and in one
 * spelling, so that equal questions are equal data. A plan that came out may go in again and comes out the same.
 */
import { millisecondsPerDay, millisecondsPerHour, millisecondsPerSlot } from '../clock.ts';
import { below, type Fields, flag, integer, invalid, list, objectWith, oneOf, text } from './check.ts';
import { timeZoneName } from './edges.ts';
import { fieldNamed, parseFilter } from './parse-filter.ts';
import type { AnyPlan, Bots, By, EventsPlan, Interval, Metric, Plan, PlanKind } from './plan.ts';
import { positionOf } from './position.ts';
import { looksLikeSeconds, parseTime } from './time.ts';

export const groupsMax = 1_000;
export const groupsDefault = 10;
export const bucketsMax = 10_000;
/** Buckets times groups (with the whole and `other`): what one answer may hold. */
export const cellsMax = 200_000;

/** Fields that a breakdown may be by at once. */
export const breakdownFieldsMax = 4;
/** Events of one page. */
export const eventsMax = 1_000;
export const eventsDefault = 100;

const kinds: readonly PlanKind[] = ['summary', 'trend', 'breakdown', 'events'];
const allMetrics: readonly Metric[] = ['events', 'users', 'amount'];
const allBots: readonly Bots[] = ['exclude', 'include', 'only'];
const scopeNames = ['version', 'kind', 'project', 'from', 'to', 'timeZone', 'bots', 'filter'];
const numberNames = [...scopeNames, 'metrics', 'by', 'exact'];
const names: Readonly<Record<PlanKind, readonly string[]>> = {
  summary: numberNames,
  trend: [...numberNames, 'interval'],
  breakdown: [...numberNames, 'limit'],
  events: [...scopeNames, 'limit', 'after'],
};

const intervalMs: Record<Interval, number> = {
  '15m': millisecondsPerSlot,
  hour: millisecondsPerHour,
  day: millisecondsPerDay,
  week: 7 * millisecondsPerDay,
  month: 30 * millisecondsPerDay,
};
const intervals = Object.keys(intervalMs) as readonly Interval[];

/** `project` is the asker's; a plan that names another is refused. Errors: plan_invalid. */
export function parsePlan(input: unknown, project: string): AnyPlan {
  const kind = oneOf(kindOf(input), '/kind', kinds);
  const fields = objectWith(input, '', names[kind]);
  const scope = parseScope(fields, project);
  return freeze(kind === 'events' ? parseEvents(fields, scope) : parseNumbers(kind, fields, scope));
}

type ParsedScope = ReturnType<typeof parseScope>;

function parseScope(fields: Fields, project: string) {
  if (fields.version !== undefined && fields.version !== 1)
    throw invalid('/version', 'must be 1', fields.version);
  if (fields.project !== undefined && fields.project !== project) {
    throw invalid('/project', 'must be left out, or be the project of your key', fields.project);
  }
  const timeZone = parseTimeZone(fields.timeZone ?? 'UTC');
  return {
    version: 1 as const,
    project,
    ...parseRange(fields, timeZone),
    timeZone,
    bots: oneOf(fields.bots ?? 'exclude', '/bots', allBots),
    ...(fields.filter === undefined ? {} : { filter: parseFilter(fields.filter, '/filter', timeZone) }),
  };
}

function parseNumbers(kind: Plan['kind'], fields: Fields, { filter, ...scope }: ParsedScope): Plan {
  const common = {
    ...scope,
    metrics: parseMetrics(fields.metrics ?? ['events', 'users']),
    ...(filter && { filter }),
  };
  const exact = flag(fields.exact ?? false, '/exact');
  if (kind === 'breakdown') {
    const limit = integer(fields.limit ?? groupsDefault, '/limit', 1, groupsMax);
    return { kind, ...common, by: parseFields(fields.by), limit, exact };
  }
  const by = fields.by === undefined ? {} : { by: parseBy(fields.by) };
  if (kind === 'summary') return { kind, ...common, ...by, exact };
  const interval = oneOf(fields.interval, '/interval', intervals);
  checkSize(interval, common.to - common.from, by.by);
  return { kind, interval, ...common, ...by, exact };
}

function parseEvents(fields: Fields, scope: ParsedScope): EventsPlan {
  const limit = integer(fields.limit ?? eventsDefault, '/limit', 1, eventsMax);
  if (fields.after === undefined) return { kind: 'events', ...scope, limit };
  const after = text(fields.after, '/after');
  if (positionOf(after) === undefined)
    throw invalid('/after', 'must be the `next` of the page before', after);
  return { kind: 'events', ...scope, limit, after };
}

function kindOf(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid('', 'must be an object', input);
  return Object.hasOwn(input, 'kind') ? (input as Fields).kind : undefined;
}

function parseTimeZone(value: unknown): string {
  const name = timeZoneName(text(value, '/timeZone'));
  if (name === undefined) throw invalid('/timeZone', 'must be an IANA time zone, like Europe/Berlin', value);
  return name;
}

function parseRange(fields: Fields, timeZone: string): { from: number; to: number } {
  // Both at once: one alone may well be a time in early 1970.
  if (looksLikeSeconds(fields.from) && looksLikeSeconds(fields.to)) {
    throw invalid('/from', 'looks like seconds, and so does to; give epoch milliseconds', fields.from);
  }
  const [from, to] = (['from', 'to'] as const).map((name) => {
    const moment = parseTime(fields[name], timeZone);
    if (typeof moment === 'string') throw invalid(`/${name}`, moment, fields[name]);
    return moment.from;
  }) as [number, number];
  if (from >= to) throw invalid('/to', 'must be later than from; a range ends before its `to`', fields.to);
  return { from, to };
}

/** In one order, whatever the order asked, so that equal questions are equal. */
function parseMetrics(value: unknown): readonly Metric[] {
  const asked = list(value, '/metrics', allMetrics.length).map((one, i) =>
    oneOf(one, below('/metrics', i), allMetrics),
  );
  return allMetrics.filter((metric) => asked.includes(metric));
}

/** {field, limit}, or the field alone. */
function parseBy(value: unknown): By {
  const by = typeof value === 'string' ? { field: value } : objectWith(value, '/by', ['field', 'limit']);
  const limit = (by as Fields).limit ?? groupsDefault;
  return {
    field: groupableField(by.field, '/by/field'),
    limit: integer(limit, '/by/limit', 1, groupsMax),
  };
}

/** A list of fields, each {field} or the field alone; one field may stand without the list. */
function parseFields(value: unknown): readonly { readonly field: string }[] {
  const single =
    typeof value === 'string' || (typeof value === 'object' && value !== null && 'field' in value);
  const given = list(single ? [value] : value, '/by', breakdownFieldsMax);
  const parsed = given.map((one, i) => {
    const pointer = below('/by', i);
    const { field } = typeof one === 'string' ? { field: one } : objectWith(one, pointer, ['field']);
    return { field: groupableField(field, below(pointer, 'field')) };
  });
  for (const [i, { field }] of parsed.entries()) {
    if (parsed.findIndex((one) => one.field === field) < i)
      throw invalid(below('/by', i), 'must be a field that is not named before', field);
  }
  return parsed;
}

function groupableField(value: unknown, pointer: string): string {
  const { name, groupable } = fieldNamed(value, pointer);
  if (!groupable) throw invalid(pointer, 'makes a group of nearly every event; group by another field', name);
  return name;
}

/** Counts whole buckets by their usual length; clocks that change make it one or two more. */
function checkSize(interval: Interval, rangeMs: number, by: By | undefined): void {
  const buckets = Math.floor(rangeMs / intervalMs[interval]);
  if (buckets > bucketsMax) {
    throw invalid(
      '/interval',
      `makes ${buckets} buckets of this range, over the limit of ${bucketsMax}; ask for a longer interval or a shorter range`,
      interval,
    );
  }
  const cells = by === undefined ? 0 : buckets * (by.limit + 2);
  if (cells > cellsMax) {
    throw invalid(
      '/by/limit',
      `times ${buckets} buckets makes an answer of ${cells} cells, over the limit of ${cellsMax}; ask for fewer groups or a longer interval`,
      by?.limit,
    );
  }
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
