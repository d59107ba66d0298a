/** The schema of each kind of plan. A kind that the parser knows and this does not is an error of types. */

import { textMax } from './check.ts';
import { goalsMax, variantsMax } from './experiment.ts';
import {
  funnelStepsMax,
  funnelTagsMax,
  pathLimitMax,
  pathStepsMax,
  peopleDefault,
  peopleMax,
  windowMsDefault,
  windowMsMax,
} from './parse-analysis.ts';
import { weightMax } from './parse-experiment.ts';
import {
  breakdownFieldsMax,
  groupsDefault,
  groupsMax,
  intervals,
  measuresMax,
  metricNames,
} from './parse-numbers.ts';
import { eventsDefault, eventsMax } from './parse-plan.ts';
import { formulasMax, namePattern, seriesMax } from './parse-series.ts';
import type { PlanKind } from './plan.ts';
import { cursorLengthMax } from './position.ts';
import {
  flag,
  integer,
  type JsonSchema,
  list,
  object,
  oneOf,
  type RefTo,
  savedId,
  scopeMembers,
  text,
} from './schema-parts.ts';

type Members = Readonly<Record<string, JsonSchema>>;

/** By kind. */
export function kindDefinitions(ref: RefTo): Readonly<Record<PlanKind, JsonSchema>> {
  const numbers = numberMembers(ref);
  return {
    summary: kind('summary', ref, 'One set of numbers for the whole range.', {
      members: { ...numbers, by: ref('by'), ...seriesMembers(ref) },
      allOf: [wholeMetrics, seriesAlone],
      dependentRequired: { formulas: ['series'] },
    }),
    trend: kind('trend', ref, 'Numbers over time.', {
      members: { interval: oneOf(intervals), ...numbers, by: ref('by'), ...seriesMembers(ref) },
      required: ['interval'],
      allOf: [wholeMetrics, seriesAlone],
      dependentRequired: { formulas: ['series'] },
    }),
    breakdown: kind('breakdown', ref, 'The first groups by several fields together.', {
      members: {
        ...numbers,
        by: fieldsTogether(ref),
        limit: integer(1, groupsMax, { default: groupsDefault }),
      },
      required: ['by'],
      allOf: [wholeMetrics],
    }),
    events: kind('events', ref, 'The events themselves, newest first, page by page.', {
      members: page(eventsMax, eventsDefault, cursorLengthMax),
    }),
    funnel: kind('funnel', ref, 'How many came how far through steps, one after the other.', {
      members: funnelMembers(ref),
      required: ['steps'],
      allOf: [noOrderBetweenSteps],
    }),
    retention: kind('retention', ref, 'Who came back, by the period in which they came first.', {
      members: {
        start: ref('filter'),
        return: ref('filter'),
        period: oneOf(['day', 'week', 'month'], { default: 'week' }),
        mode: oneOf(['on', 'onOrAfter'], { default: 'on' }),
        first: oneOf(['ever', 'range'], { default: 'ever' }),
      },
    }),
    paths: kind('paths', ref, 'Which value of a field follows which.', {
      members: {
        field: { ...ref('groupField'), default: 'path' },
        start: ref('scalar'),
        end: ref('scalar'),
        steps: integer(2, pathStepsMax, { default: 5 }),
        limit: integer(1, pathLimitMax, { default: groupsDefault }),
        per: oneOf(['user', 'session'], { default: 'session' }),
      },
      allOf: [{ not: { required: ['start', 'end'] } }],
    }),
    sessions: kind('sessions', ref, 'How many sessions, how long, how many bounced.', {
      members: { by: sessionsBy(ref) },
    }),
    users: kind('users', ref, 'People, page by page.', {
      members: {
        order: oneOf(['lastSeen', 'firstSeen', 'events'], { default: 'lastSeen' }),
        ...page(peopleMax, peopleDefault),
      },
    }),
    user: kind('user', ref, "One person's timeline, newest first, over all of their ids.", {
      members: { person: text, ...page(peopleMax, peopleDefault) },
      required: ['person'],
    }),
    live: kind('live', ref, 'The last 30 minutes by minute; without a range, up to now.', {
      members: { limit: integer(1, pathLimitMax, { default: groupsDefault }) },
      rangeOptional: true,
    }),
    experiment: kind('experiment', ref, 'What the variants of an experiment did to what people do.', {
      members: {
        experiment: text,
        per: oneOf(['user', 'session'], { default: 'user' }),
        goals: list(text, goalsMax, {
          description: 'Values of `properties.goal`; every conversion when absent.',
        }),
        reach: {
          ...flag,
          default: true,
          description:
            'Tells users and sessions of each variant, and what else they did; without, it costs half.',
        },
        money: { ...flag, default: false },
        includeMixed: {
          ...flag,
          default: false,
          description: 'Counts who saw several variants for each of them; else they are left out.',
        },
        control: { ...text, description: 'The variant that the others are compared with.' },
        weights: {
          type: 'object',
          additionalProperties: { type: 'number', exclusiveMinimum: 0, maximum: weightMax },
          maxProperties: variantsMax,
          description: 'Shares of the variants as they were meant; all the same when absent.',
        },
        byDay: { ...flag, default: false },
        exact: { ...flag, default: false },
      },
      without: ['sample'],
      required: ['experiment'],
    }),
  };
}

interface Own {
  readonly members: Members;
  readonly required?: readonly string[];
  readonly allOf?: readonly JsonSchema[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly rangeOptional?: true;
  /** Members of the scope that it does not have. */
  readonly without?: readonly string[];
}

function kind(name: PlanKind, ref: RefTo, description: string, own: Own): JsonSchema {
  const { members, required = [], allOf = [], dependentRequired = {}, rangeOptional, without = [] } = own;
  const scope = Object.entries(scopeMembers(name, ref)).filter(([member]) => !without.includes(member));
  return object({ ...Object.fromEntries(scope), ...members }, ['kind', ...required], {
    description,
    dependentRequired: { from: ['to'], to: ['from'], ...dependentRequired },
    allOf: [
      { not: { required: ['range', 'from'] } },
      ...(rangeOptional ? [] : [{ anyOf: [{ required: ['range'] }, { required: ['from', 'to'] }] }]),
      ...allOf,
    ],
  });
}

const numberMembers = (ref: RefTo): Members => ({
  metrics: {
    type: 'array',
    items: { anyOf: [ref('metric'), ref('measure')] },
    maxItems: metricNames.length + measuresMax,
    default: ['events', 'users'],
  },
  measures: list(ref('measure'), measuresMax),
  compare: {
    description: 'The same question of another range, to stand beside this one.',
    anyOf: [oneOf(['previous', 'year']), ref('range')],
  },
  exact: { ...flag, default: false, description: 'Counts people one by one, however long it takes.' },
});

/** At least one number. */
const wholeMetrics: JsonSchema = {
  anyOf: [{ required: ['measures'] }, { properties: { metrics: { minItems: 1 } } }],
};

/** Each series has a metric; the default of `metrics` may stand beside, as in a plan that was read before. */
const seriesAlone: JsonSchema = {
  if: { required: ['series'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { properties: { metrics: { const: ['events', 'users'] }, measures: false, by: false } },
};

function seriesMembers(ref: RefTo): Members {
  const name: JsonSchema = { type: 'string', pattern: namePattern.source };
  const formula: JsonSchema = {
    type: 'string',
    minLength: 1,
    maxLength: textMax,
    description: 'Names of series, numbers, + - * / ( ).',
  };
  const one = object({
    name,
    filter: ref('filter'),
    metric: {
      anyOf: [oneOf(metricNames.filter((each) => each !== 'amount')), ref('measure')],
      default: 'events',
    },
  });
  return {
    series: list(one, seriesMax, { description: 'Several lines in one answer; named A, B, … when unnamed.' }),
    formulas: list({ anyOf: [formula, object({ name, formula }, ['formula'])] }, formulasMax),
  };
}

function fieldsTogether(ref: RefTo): JsonSchema {
  const field = object({ field: ref('groupField') }, ['field']);
  const one = { anyOf: [ref('groupField'), field] };
  return { anyOf: [ref('groupField'), field, list(one, breakdownFieldsMax, { uniqueItems: true })] };
}

function sessionsBy(ref: RefTo): JsonSchema {
  const dimension = { anyOf: [oneOf(['entryPath', 'exitPath']), ref('groupField')] };
  const limit = integer(1, groupsMax, { default: groupsDefault });
  return { anyOf: [dimension, object({ dimension, limit }, ['dimension'])] };
}

const page = (limitMax: number, limitDefault: number, afterMax = textMax): Members => ({
  limit: integer(1, limitMax, { default: limitDefault }),
  after: { type: 'string', minLength: 1, maxLength: afterMax, description: 'The `next` of the page before.' },
});

function funnelMembers(ref: RefTo): Members {
  const first = { name: text, filter: ref('filter') };
  const firstGoal = { name: text, goal: savedId('goal') };
  const withinMs = integer(1, windowMsMax, { description: 'The longest time since the step before.' });
  const [step, stepGoal] = [
    { ...first, withinMs },
    { ...firstGoal, withinMs },
  ];
  const place = (minimum: number) => integer(minimum, funnelStepsMax);
  return {
    steps: {
      type: 'array',
      prefixItems: [{ anyOf: [object(first, ['filter']), object(firstGoal, ['goal'])] }],
      items: { anyOf: [object(step, ['filter']), object(stepGoal, ['goal'])] },
      minItems: 2,
      maxItems: funnelStepsMax,
    },
    order: oneOf(['ordered', 'strict', 'any'], { default: 'ordered' }),
    windowMs: integer(1, windowMsMax, { default: windowMsDefault }),
    exclude: {
      type: 'array',
      items: object({ filter: ref('filter'), after: place(1), before: place(2) }, ['filter']),
      maxItems: funnelTagsMax - 2,
      description: 'Ends an attempt that stands between the steps `after` and `before`, counted from 1.',
    },
    per: oneOf(['user', 'session'], { default: 'user' }),
    by: {
      anyOf: [
        ref('groupField'),
        object({ field: ref('groupField'), limit: integer(1, groupsMax, { default: groupsDefault }) }, [
          'field',
        ]),
      ],
    },
    people: object(
      {
        step: place(1),
        outcome: oneOf(['reached', 'dropped'], { default: 'reached' }),
        ...page(peopleMax, peopleDefault),
      },
      ['step'],
      { description: 'Asks for the people instead of the numbers.' },
    ),
  };
}

/** In any order no step comes before another. */
const noOrderBetweenSteps: JsonSchema = {
  if: { properties: { order: { const: 'any' } }, required: ['order'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    properties: {
      steps: { items: { properties: { withinMs: false } } },
      exclude: { maxItems: 0 },
    },
  },
};
