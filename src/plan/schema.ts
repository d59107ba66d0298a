/**
 * The plan language, version 1, as a JSON Schema (2020-12): plain data, made from the parsers' own names and limits. What it
 * refuses `parsePlan` refuses; `parsePlan` besides knows what a schema cannot say (whether a zone exists, whether a range ends
 * after it begins, whether a formula can be read).
 */
import { planKinds } from './parse-plan.ts';
import type { PlanKind } from './plan.ts';
import { planExamples } from './schema-examples.ts';
import { kindDefinitions } from './schema-kinds.ts';
import { type JsonSchema, sharedDefinitions } from './schema-parts.ts';

export type { JsonSchema };

/**
 * Every definition by its name: one of each kind of plan (with an example), and the parts that they are made of. `refPrefix`: where
 * they will stand, so that another document may take them in: '#/components/schemas/Plan.'.
 */
export function planDefinitions(refPrefix = '#/$defs/'): Readonly<Record<string, JsonSchema>> {
  const ref = (name: string): JsonSchema => ({ $ref: `${refPrefix}${name}` });
  const kinds = Object.entries(kindDefinitions(ref)).map(([kind, schema]): [string, JsonSchema] => [
    kind,
    { ...schema, examples: [planExamples[kind as PlanKind]] },
  ]);
  return { ...Object.fromEntries(kinds), ...sharedDefinitions(ref) };
}

export const planSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:millrace:plan:1',
  title: 'A question to Millrace, version 1',
  description: 'The body of POST /api/v1/query.',
  oneOf: planKinds.map((kind) => ({ $ref: `#/$defs/${kind}` })),
  $defs: planDefinitions(),
};
