/**
 * The door for questions: anything in, a checked and deeply frozen plan out, with every default filled in and in one
 * spelling, so that equal questions are equal data. A plan that came out may go in again and comes out the same.
 */
import type { AnalysisPlan } from './analysis.ts';
import { type Fields, integer, invalid, objectWith, oneOf, text } from './check.ts';
import { liveMs, namesOfAnalyses, parseAnalysis } from './parse-analysis.ts';
import { namesOfNumbers, parseNumbers } from './parse-numbers.ts';
import {
  explained,
  type ParseContext,
  type ParsedScope,
  parseScope,
  plain,
  scopeNames,
} from './parse-scope.ts';
import type { AnyPlan, EventsPlan, Plan, PlanKind } from './plan.ts';
import { positionOf } from './position.ts';

export { groupsMax } from './parse-numbers.ts';

/** Events of one page. */
export const eventsMax = 1_000;
export const eventsDefault = 100;

const names: Readonly<Record<PlanKind, readonly string[]>> = {
  ...namesOfNumbers,
  events: [...scopeNames, 'limit', 'after'],
  ...namesOfAnalyses,
};
export const planKinds = Object.keys(names) as readonly PlanKind[];

/** Errors: plan_invalid. */
export function parsePlan(input: unknown, context: ParseContext): AnyPlan {
  const kind = oneOf(kindOf(input), '/kind', planKinds);
  const fields = objectWith(input, '', names[kind]);
  const scope = parseScope(kind === 'live' ? lately(fields, context.now) : fields, context);
  return freeze(parseKind(kind, fields, scope));
}

function parseKind(kind: PlanKind, fields: Fields, scope: ParsedScope): AnyPlan {
  if (kind === 'events') return parseEvents(fields, scope);
  return kind in namesOfNumbers
    ? parseNumbers(kind as Plan['kind'], fields, scope)
    : parseAnalysis(kind as AnalysisPlan['kind'], fields, scope);
}

/** What is live has no other range: whole minutes up to the one that is running. */
function lately(fields: Fields, now: number): Fields {
  if (fields.from !== undefined || fields.to !== undefined || fields.range !== undefined) return fields;
  const to = (Math.floor(now / 60_000) + 1) * 60_000;
  return { ...fields, from: to - liveMs, to };
}

function parseEvents(fields: Fields, parsed: ParsedScope): EventsPlan {
  const scope = { ...plain(parsed), ...explained(fields) };
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

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
