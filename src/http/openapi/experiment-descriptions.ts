/** What the route that plans experiments says of itself. */
import { type SizeOption, sizeDefaults, sizeOptions } from '../../experiment/plan-size.ts';
import {
  count,
  json,
  number,
  object,
  orNull,
  type ParameterDescription,
  type RouteDescription,
  text,
} from './describe.ts';

const examples: Partial<Record<SizeOption, string>> = { rate: '0.1', lift: '0.05', perDay: '10000' };

const parameters: Readonly<Record<string, ParameterDescription>> = Object.fromEntries(
  (Object.entries(sizeOptions) as [SizeOption, string][]).map(([name, doc]) => {
    const fallback = sizeDefaults[name];
    const schema = fallback === undefined ? number : { ...number, default: Number(fallback) };
    const example = examples[name];
    return [name, { doc: `${doc[0]!.toUpperCase()}${doc.slice(1)}.`, schema, ...(example && { example }) }];
  }),
);

export const sampleSizeDescription: RouteDescription = {
  id: 'sampleSize',
  group: 'Questions',
  summary: 'How many users, and how many days, an experiment needs',
  doc: 'Give `rate`, or `mean` and `deviation`; and `lift`, or `perDay` and `days` to learn what lift can be seen in that time.',
  parameters,
  answers: {
    200: {
      doc: 'What it takes, two-sided at the end.',
      content: json(
        object({
          data: object({
            rate: orNull(number),
            mean: orNull(number),
            deviation: orNull(number),
            lift: number,
            variants: count,
            confidence: number,
            power: number,
            unitsPerVariant: count,
            units: count,
            perDay: orNull(number),
            days: orNull(count),
            text,
          }),
        }),
      ),
    },
  },
};
