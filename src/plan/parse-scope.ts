/** Which events a question is about, out of what was sent: the members that all kinds of plans have. */
import { below, type Fields, flag, invalid, objectWith, oneOf, text } from './check.ts';
import { timeZoneName } from './edges.ts';
import { parseFilter, type Segment } from './parse-filter.ts';
import { parseRange } from './parse-range.ts';
import type { Bots, Filter, Range, Scope, WeekDay } from './plan.ts';
import { namedRange, rangeNames } from './range.ts';
import { sampleSteps } from './sample.ts';

/** What the door knows besides the plan. */
export interface ParseContext {
  /** The asker's; a plan that names another is refused. */
  readonly project: string;
  /** Epoch ms; says what `today` is. */
  readonly now: number;
  /** A saved segment by its name, as it was sent; undefined when there is none. */
  readonly segment?: (name: string) => unknown;
}

export const scopeNames: readonly string[] = [
  'version',
  'kind',
  'project',
  'from',
  'to',
  'range',
  'timeZone',
  'weekStart',
  'bots',
  'filter',
  'segments',
  'sample',
  'explain',
];

export const allBots: readonly Bots[] = ['exclude', 'include', 'only'];
export const weekDays: readonly WeekDay[] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
];

export interface ParsedScope extends Scope {
  /** Parses a further filter of the plan, with the same segments, cohorts and zone. */
  readonly parse: (value: unknown, pointer: string) => Filter;
}

/** Errors: plan_invalid. */
export function parseScope(fields: Fields, context: ParseContext): ParsedScope {
  const { project } = context;
  if (fields.version !== undefined && fields.version !== 1)
    throw invalid('/version', 'must be 1', fields.version);
  if (fields.project !== undefined && fields.project !== project)
    throw invalid('/project', 'must be left out, or be the project of your key', fields.project);
  const timeZone = parseTimeZone(fields.timeZone ?? 'UTC');
  const range = parseAnyRange(fields, timeZone, context.now);
  const bots = oneOf(fields.bots ?? 'exclude', '/bots', allBots);
  const weekStart = oneOf(fields.weekStart ?? 'monday', '/weekStart', weekDays);
  const segments = segmentsOf(fields.segments, context);
  const parse = (value: unknown, pointer: string): Filter =>
    parseFilter(value, pointer, { timeZone, segments: segments.named, project, bots, to: range.to });
  // also those that nothing names: a slip in one is told where it stands
  for (const [name, filter] of segments.own) parse(filter, below('/segments', name));
  return {
    version: 1 as const,
    project,
    ...range,
    timeZone,
    ...(weekStart !== 'monday' && { weekStart }),
    bots,
    ...(fields.filter !== undefined && { filter: parse(fields.filter, '/filter') }),
    ...(fields.sample !== undefined && sampled(fields.sample)),
    parse,
  };
}

/** The scope alone, as plans keep it. */
export function plain({ parse: _, ...scope }: ParsedScope): Scope {
  return scope;
}

export const explained = (fields: Fields): { readonly explain?: true } =>
  flag(fields.explain ?? false, '/explain') ? { explain: true } : {};

function sampled(value: unknown): { readonly sample?: number } {
  if (typeof value !== 'number' || !(value >= 1 / sampleSteps && value <= 1))
    throw invalid('/sample', `must be a share from ${1 / sampleSteps} to 1`, value);
  const steps = Math.round(value * sampleSteps);
  return steps === sampleSteps ? {} : { sample: steps / sampleSteps };
}

function parseTimeZone(value: unknown): string {
  const name = timeZoneName(text(value, '/timeZone'));
  if (name === undefined) throw invalid('/timeZone', 'must be an IANA time zone, like Europe/Berlin', value);
  return name;
}

function parseAnyRange(fields: Fields, timeZone: string, now: number): Range {
  if (fields.range === undefined) return parseRange(fields, '', timeZone);
  for (const name of ['from', 'to'])
    if (fields[name] !== undefined) throw invalid(`/${name}`, 'does not go with range', fields[name]);
  return namedRange(oneOf(fields.range, '/range', rangeNames), now, timeZone);
}

export const segmentsMax = 50;

interface Segments {
  readonly own: readonly (readonly [name: string, filter: unknown])[];
  readonly named: (name: string) => Segment | undefined;
}

function segmentsOf(value: unknown, context: ParseContext): Segments {
  const saved = (name: string): Segment | undefined => {
    const filter = context.segment?.(name);
    return filter === undefined ? undefined : { filter };
  };
  if (value === undefined) return { own: [], named: saved };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('/segments', 'must be an object of filters by name', value);
  const own = Object.entries(value).filter(([, filter]) => filter !== undefined);
  const names = own.map(([name]) => name);
  if (names.length > segmentsMax)
    throw invalid('/segments', `must have at most ${segmentsMax} members`, value);
  objectWith(value, '/segments', names);
  const byName = new Map(own.map(([name, filter]) => [name, { filter, pointer: below('/segments', name) }]));
  return { own, named: (name) => byName.get(name) ?? saved(name) };
}
