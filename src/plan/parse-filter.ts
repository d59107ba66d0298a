/** Checks a filter: its shape, its size, and that each comparison makes sense for the type of its field. */
import { millisecondsPerDay } from '../clock.ts';
import { below, type Fields, integer, invalid, list, objectWith, oneOf, text, unknownName } from './check.ts';
import { type FieldType, fields, propertyPath } from './field.ts';
import { parseRange } from './parse-range.ts';
import { PatternInvalid, parsePattern } from './pattern.ts';
import type { Bots, Cohort, Filter, Range, Scalar } from './plan.ts';
import { parseTime } from './time.ts';

/** and, or, not and comparisons together. */
export const filterNodesMax = 500;
export const filterDepthMax = 20;
export const listMax = 1_000;
/** Events that a cohort may ask of each person. */
export const cohortCountMax = 1_000_000;
export const cohortDaysMax = 3_660;

/** A filter with a name, as it was sent. */
export interface Segment {
  readonly filter: unknown;
  /** Where it stands in the plan; absent when it was kept elsewhere. */
  readonly pointer?: string;
}

/** What a filter is read with. */
export interface FilterContext {
  /** Reads times without an offset. */
  readonly timeZone: string;
  readonly segments: (name: string) => Segment | undefined;
  /** Of the question, for its cohorts. */
  readonly project: string;
  readonly bots: Bots;
  readonly to: number;
}

type Type = FieldType | 'property';
type Comparison = Extract<Filter, { op: string }>;
type Op = Comparison['op'];

const opsOf: Record<Type, readonly Op[]> = {
  string: ['eq', 'in', 'contains', 'startsWith', 'matches', 'gt', 'gte', 'lt', 'lte', 'exists'],
  boolean: ['eq', 'in', 'exists'],
  time: ['eq', 'in', 'gt', 'gte', 'lt', 'lte', 'exists'],
  decimal: ['eq', 'in', 'gt', 'gte', 'lt', 'lte', 'exists'],
  property: ['eq', 'in', 'contains', 'startsWith', 'matches', 'gt', 'gte', 'lt', 'lte', 'exists'],
};

/** Errors: plan_invalid. */
export function parseFilter(value: unknown, pointer: string, context: FilterContext): Filter {
  return new FilterParser(context).parse(value, pointer, 1);
}

class FilterParser {
  readonly #context: FilterContext;
  #nodes = 0;
  #isInCohort = false;
  /** Names of the segments around what is read now. */
  readonly #within: string[] = [];

  constructor(context: FilterContext) {
    this.#context = context;
  }

  parse(value: unknown, pointer: string, depth: number): Filter {
    if (++this.#nodes > filterNodesMax)
      throw invalid(pointer, `is past the ${filterNodesMax} nodes that a filter may have`, value);
    if (depth > filterDepthMax)
      throw invalid(pointer, `is nested deeper than ${filterDepthMax} levels`, value);
    const node = objectWith(value, pointer, [...forms, 'op', 'value']);
    const given = forms.filter((key) => node[key] !== undefined);
    if (given.length !== 1) throw invalid(pointer, `must have exactly one of ${forms.join(', ')}`, value);
    switch (given[0]) {
      case 'and':
        return { and: this.#parts(only(node, pointer, 'and'), below(pointer, 'and'), depth) };
      case 'or':
        return { or: this.#parts(only(node, pointer, 'or'), below(pointer, 'or'), depth) };
      case 'not':
        return { not: this.parse(only(node, pointer, 'not'), below(pointer, 'not'), depth + 1) };
      case 'segment':
        return this.#segment(only(node, pointer, 'segment'), below(pointer, 'segment'), depth);
      case 'cohort':
        return { cohort: this.#cohort(only(node, pointer, 'cohort'), below(pointer, 'cohort'), depth) };
      default:
        return this.#comparison(node, pointer);
    }
  }

  #segment(value: unknown, pointer: string, depth: number): Filter {
    const name = text(value, pointer);
    const found = this.#context.segments(name);
    if (found === undefined) throw invalid(pointer, 'must name one of the segments', name);
    const place = found.pointer ?? pointer;
    if (this.#within.includes(name))
      throw invalid(place, 'must not name itself, nor others that name it', name);
    this.#within.push(name);
    const filter = this.parse(found.filter, place, depth + 1);
    this.#within.pop();
    return filter;
  }

  #cohort(value: unknown, pointer: string, depth: number): Cohort {
    const node = objectWith(value, pointer, ['filter', 'atLeast', 'days', 'from', 'to', 'project', 'bots']);
    if (this.#isInCohort) throw invalid(pointer, 'must not stand within another cohort', value);
    const { project, bots } = this.#context;
    if (node.project !== undefined && node.project !== project)
      throw invalid(
        below(pointer, 'project'),
        'must be left out, or be the project of your key',
        node.project,
      );
    this.#isInCohort = true;
    const filter = this.parse(node.filter, below(pointer, 'filter'), depth + 1);
    this.#isInCohort = false;
    return {
      project,
      bots: oneOf(node.bots ?? bots, below(pointer, 'bots'), ['exclude', 'include', 'only'] as const),
      filter,
      atLeast: integer(node.atLeast ?? 1, below(pointer, 'atLeast'), 1, cohortCountMax),
      ...this.#cohortRange(node, pointer),
    };
  }

  /** So many days up to the end of the question's range, or a range of its own. */
  #cohortRange(node: Fields, pointer: string): Range {
    if (node.days === undefined) return parseRange(node, pointer, this.#context.timeZone);
    for (const name of ['from', 'to'])
      if (node[name] !== undefined) throw invalid(below(pointer, name), 'does not go with days', node[name]);
    const days = integer(node.days, below(pointer, 'days'), 1, cohortDaysMax);
    const { to } = this.#context;
    return { from: to - days * millisecondsPerDay, to };
  }

  #parts(value: unknown, pointer: string, depth: number): readonly Filter[] {
    return list(value, pointer, filterNodesMax).map((part, i) =>
      this.parse(part, below(pointer, i), depth + 1),
    );
  }

  #comparison(node: Readonly<Record<string, unknown>>, pointer: string): Filter {
    const { name: field, type } = fieldNamed(node.field, below(pointer, 'field'));
    const op = oneOf(node.op, below(pointer, 'op'), allOps);
    if (!opsOf[type].includes(op)) {
      throw invalid(below(pointer, 'op'), `does not fit ${field}, which takes ${opsOf[type].join(', ')}`, op);
    }
    const at = below(pointer, 'value');
    switch (op) {
      case 'exists':
        if (node.value !== undefined)
          throw invalid(at, 'must be left out with exists (for absent, wrap it in not)', node.value);
        return { field, op };
      case 'eq':
        return { field, op, value: this.#scalar(node.value, at, type) };
      case 'in': {
        const members = list(node.value, at, listMax);
        return { field, op, value: members.map((one, i) => this.#scalar(one, below(at, i), type)) };
      }
      case 'contains':
      case 'startsWith':
        return { field, op, value: comparedText(node.value, at, type) };
      case 'matches':
        return { field, op, value: patternAt(node.value, at) };
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte': {
        const value = this.#scalar(node.value, at, type);
        if (typeof value === 'boolean') throw invalid(at, 'must be text or a number', value);
        return { field, op, value };
      }
      default:
        return op satisfies never;
    }
  }

  #scalar(value: unknown, pointer: string, type: Type): Scalar {
    switch (type) {
      case 'string':
        return comparedText(value, pointer, type);
      case 'boolean':
        if (typeof value !== 'boolean') throw invalid(pointer, 'must be true or false', value);
        return value;
      case 'decimal':
        return finite(value, pointer);
      case 'time': {
        const moment = parseTime(value, this.#context.timeZone);
        if (typeof moment === 'string') throw invalid(pointer, moment, value);
        return moment.from;
      }
      case 'property':
        if (typeof value === 'boolean') return value;
        if (typeof value === 'number') return finite(value, pointer);
        if (typeof value !== 'string') throw invalid(pointer, 'must be text, a number, true or false', value);
        return text(value, pointer);
      default:
        return type satisfies never;
    }
  }
}

const forms = ['and', 'or', 'not', 'field', 'segment', 'cohort'];
const allOps = opsOf.string;

function patternAt(value: unknown, pointer: string): string {
  const pattern = text(value, pointer);
  try {
    parsePattern(pattern);
  } catch (error) {
    if (error instanceof PatternInvalid) throw invalid(pointer, error.message, pattern);
    throw error;
  }
  return pattern;
}

/** The member `key`, once it stands alone. */
function only(node: Readonly<Record<string, unknown>>, pointer: string, key: string): unknown {
  for (const other of ['op', 'value']) {
    if (node[other] !== undefined)
      throw invalid(below(pointer, other), `does not go with ${key}`, node[other]);
  }
  return node[key];
}

/** An absent field of a row is '' in stores, so that no comparison with '' can mean what it says. */
function comparedText(value: unknown, pointer: string, type: Type): string {
  const checked = text(value, pointer);
  if (checked === '' && type === 'string')
    throw invalid(pointer, 'is empty; to ask whether the field is there use exists', value);
  return checked;
}

function finite(value: unknown, pointer: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(pointer, 'must be a number', value);
  return value === 0 ? 0 : value;
}

/** A field of the row or a property path, and its type. Errors: plan_invalid. */
export function fieldNamed(
  value: unknown,
  pointer: string,
): { readonly name: string; readonly type: Type; readonly groupable: boolean } {
  const name = text(value, pointer);
  const field = fields.get(name);
  if (field !== undefined) return { name, type: field.type, groupable: field.groupable };
  const path = propertyPath(name);
  if (path === undefined) {
    if (name === 'properties') throw invalid(pointer, 'must name one property, like properties.plan', name);
    throw invalid(
      pointer,
      unknownName(name, [...fields.keys()], 'is not a field (your own are properties.<name>)'),
      name,
    );
  }
  if (path.includes('')) throw invalid(pointer, 'has an empty part between its dots', name);
  return { name, type: 'property', groupable: true };
}
