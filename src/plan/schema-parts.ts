/**
 * What the schemas of all kinds of plans share: times, fields, filters, measures, and the members that every plan has. Names and
 * limits come from the parsers, so that neither can say something else. Text lengths are looser here by what a schema cannot
 * count: it counts characters, the parser UTF-16 units.
 */
import { textMax } from './check.ts';
import { type FieldType, fields } from './field.ts';
import { cohortCountMax, cohortDaysMax, filterNodesMax, listMax } from './parse-filter.ts';
import { aggregateNames, groupsDefault, groupsMax, metricNames } from './parse-numbers.ts';
import { allBots, segmentsMax, weekDays } from './parse-scope.ts';
import { patternLengthMax } from './pattern.ts';
import { rangeNames } from './range.ts';
import { sampleSteps } from './sample.ts';
import { earliest, isoPattern, latest } from './time.ts';

/** A schema, as data: see JSON Schema 2020-12. */
export interface JsonSchema {
  readonly [keyword: string]: SchemaValue;
}
export type SchemaValue = string | number | boolean | null | JsonSchema | readonly SchemaValue[];

/** Where a named definition is found: '#/$defs/filter'. */
export type RefTo = (name: string) => JsonSchema;

export const text: JsonSchema = { type: 'string', minLength: 1, maxLength: textMax };
export const flag: JsonSchema = { type: 'boolean' };

export const oneOf = (names: readonly string[], more: JsonSchema = {}): JsonSchema => ({
  enum: [...names],
  ...more,
});

export const integer = (minimum: number, maximum: number, more: JsonSchema = {}): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum,
  ...more,
});

export const list = (items: JsonSchema, maxItems: number, more: JsonSchema = {}): JsonSchema => ({
  type: 'array',
  items,
  minItems: 1,
  maxItems,
  ...more,
});

/** An object of these members and no others. */
export const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
  more: JsonSchema = {},
): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required: [...required] }),
  additionalProperties: false,
  ...more,
});

/** `properties.` and keys, none of them empty, joined by dots. */
const propertyPattern = '^properties\\.[^.]+(\\.[^.]+)*$';

const fieldsOf = (types: readonly FieldType[]): readonly string[] =>
  [...fields.values()].filter((field) => types.includes(field.type)).map(({ name }) => name);

const property: JsonSchema = {
  type: 'string',
  pattern: propertyPattern,
  maxLength: textMax,
  description: 'A property of the event; dots stand between levels.',
};
const groupable = [...fields.values()].filter((field) => field.groupable).map(({ name }) => name);

const anyScalar = {
  anyOf: [{ type: 'string', maxLength: textMax }, { type: 'number' }, { type: 'boolean' }],
} as const;

/** One comparison for each operator that fits the fields, and what it takes. */
function comparisons(
  field: JsonSchema,
  value: JsonSchema,
  { searched, ordered }: { readonly searched?: JsonSchema; readonly ordered?: JsonSchema },
): readonly JsonSchema[] {
  const one = (op: JsonSchema, operand: JsonSchema): JsonSchema =>
    object({ field, op, value: operand }, ['field', 'op', 'value']);
  return [
    object({ field, op: { const: 'exists' } }, ['field', 'op']),
    one({ const: 'eq' }, value),
    one({ const: 'in' }, list(value, listMax)),
    ...(ordered ? [one(oneOf(['gt', 'gte', 'lt', 'lte']), ordered)] : []),
    ...(searched
      ? [
          one(oneOf(['contains', 'startsWith']), searched),
          one({ const: 'matches' }, { type: 'string', maxLength: patternLengthMax }),
        ]
      : []),
  ];
}

/** What the server puts the saved thing in the place of, before it reads the plan. */
export const savedId = (kind: string): JsonSchema => ({
  type: 'string',
  maxLength: textMax,
  description: `The id of a saved ${kind}.`,
});

/** The definitions that kinds refer to, by name. */
export function sharedDefinitions(ref: RefTo): Readonly<Record<string, JsonSchema>> {
  const filters = list(ref('filter'), filterNodesMax);
  const isWhole = (name: string): JsonSchema => object({ [name]: filters }, [name]);
  return {
    time: {
      description:
        'ISO 8601 text (without an offset, and bare dates, on the clocks of `timeZone`) or epoch milliseconds.',
      anyOf: [
        { type: 'string', pattern: isoPattern.source },
        { type: 'integer', minimum: earliest, maximum: latest },
      ],
    },
    range: object({ from: ref('time'), to: ref('time') }, ['from', 'to'], {
      description: 'Half-open: `from` is in it, `to` is not.',
    }),
    field: {
      description: 'A field of the event, one that is derived from it, or a property: `properties.plan`.',
      anyOf: [oneOf([...fields.keys()]), property],
    },
    groupField: {
      description: 'A field that answers can be grouped by.',
      anyOf: [oneOf(groupable), property],
    },
    scalar: { anyOf: [text, { type: 'number' }, { type: 'boolean' }] },
    filter: {
      description:
        'Which events. A comparison with an absent field, or with a value of another type, is false; `not` turns that round.',
      anyOf: [
        isWhole('and'),
        isWhole('or'),
        object({ not: ref('filter') }, ['not']),
        object({ segment: { type: 'string', maxLength: textMax } }, ['segment']),
        object({ goal: savedId('goal') }, ['goal']),
        object({ cohort: { anyOf: [ref('cohort'), savedId('cohort')] } }, ['cohort']),
        ref('comparison'),
      ],
    },
    comparison: {
      description:
        'A field held against a value. Which operators there are depends on the type of the field.',
      anyOf: [
        ...comparisons(oneOf(fieldsOf(['string'])), text, { searched: text, ordered: text }),
        ...comparisons(oneOf(fieldsOf(['boolean'])), flag, {}),
        ...comparisons(oneOf(fieldsOf(['time'])), ref('time'), { ordered: ref('time') }),
        ...comparisons(oneOf(fieldsOf(['decimal'])), { type: 'number' }, { ordered: { type: 'number' } }),
        ...comparisons(property, anyScalar, {
          searched: { type: 'string', maxLength: textMax },
          ordered: { anyOf: [{ type: 'string', maxLength: textMax }, { type: 'number' }] },
        }),
      ],
    },
    cohort: object(
      {
        filter: ref('filter'),
        atLeast: integer(1, cohortCountMax, { default: 1 }),
        days: integer(1, cohortDaysMax, { description: "Days up to the end of the question's range." }),
        from: ref('time'),
        to: ref('time'),
        bots: oneOf(allBots),
        project: { type: 'string' },
      },
      ['filter'],
      {
        description:
          'Events of the persons who have at least so many events that match, in `days` or from `from` to `to`. No cohort stands within another.',
        oneOf: [{ required: ['days'] }, { required: ['from', 'to'] }],
        dependentRequired: { from: ['to'], to: ['from'] },
      },
    ),
    measure: measure(ref),
    metric: oneOf(metricNames, {
      description: '`users` are distinct persons; `amount` is sum, avg, min and max by currency.',
    }),
    by: {
      description: 'Past `limit` groups (most events first) the rest is one group, `other`.',
      anyOf: [
        ref('groupField'),
        object(
          {
            field: ref('groupField'),
            limit: integer(1, groupsMax, { default: groupsDefault }),
            metrics: list(ref('metric'), metricNames.length, {
              description: 'Which of the metrics are told of each group; all when absent.',
            }),
          },
          ['field'],
        ),
      ],
    },
  };
}

function measure(ref: RefTo): JsonSchema {
  const numbers = oneOf(aggregateNames.filter((name) => name !== 'distinct'));
  const currency: JsonSchema = { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217.' };
  return {
    description: 'One number out of the values of a field.',
    anyOf: [
      object({ agg: { const: 'distinct' }, of: ref('field') }, ['agg', 'of']),
      object({ agg: numbers, of: property }, ['agg', 'of']),
      object({ agg: numbers, of: oneOf(fieldsOf(['decimal'])), currency }, ['agg', 'of', 'currency']),
    ],
  };
}

/** The members that plans of every kind may have. */
export function scopeMembers(kind: string, ref: RefTo): Readonly<Record<string, JsonSchema>> {
  return {
    version: { const: 1, description: 'Of the plan language; 1 when absent.' },
    kind: { const: kind },
    project: { type: 'string', description: 'Left out, or the project of the key.' },
    from: ref('time'),
    to: ref('time'),
    range: oneOf(rangeNames, { description: 'Instead of from and to. Ends with today, which is not over.' }),
    timeZone: {
      type: 'string',
      maxLength: textMax,
      default: 'UTC',
      description: 'IANA name, like Europe/Berlin: decides where days, weeks and months begin.',
    },
    weekStart: oneOf(weekDays, { default: 'monday' }),
    bots: oneOf(allBots, { default: 'exclude' }),
    filter: ref('filter'),
    segments: {
      type: 'object',
      maxProperties: segmentsMax,
      additionalProperties: ref('filter'),
      description: 'Filters by name, for `{"segment": name}`.',
    },
    sample: {
      type: 'number',
      minimum: 1 / sampleSteps,
      maximum: 1,
      description: 'Only this share of the persons; counts and sums are scaled up.',
    },
    explain: { type: 'boolean', default: false, description: 'Tells how the answer was found.' },
  };
}
