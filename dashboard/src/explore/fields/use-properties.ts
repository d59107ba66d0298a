/**
 * The properties that a project sends, as its newest events show them: names, types and a few values. The API has no list of all names;
 * who knows a property that the newest events do not have types it in.
 */
import { useQuery } from '@tanstack/react-query';
import type { EventsData } from '../../../../src/query/wire.ts';
import { ask } from '../../api/questions.ts';
import { ownPrefix } from './fields.ts';

export const newestEvents = 300;
const examplesMax = 3;
const exampleLengthMax = 24;
const staleMs = 300_000;

export interface Property {
  /** With its prefix, as plans name it. */
  readonly name: string;
  readonly types: readonly ('text' | 'number' | 'boolean' | 'list')[];
  readonly examples: readonly string[];
}

export function useProperties(project: string, { enabled = true } = {}) {
  return useQuery({
    queryKey: ['properties', project],
    queryFn: async ({ signal }) => {
      const newest = async (range: string) =>
        (
          await ask<EventsData>(
            project,
            { kind: 'events', range, bots: 'include', limit: newestEvents },
            signal,
          )
        ).data.events;
      const lately = await newest('7d');
      // all time is much to look through: only where there is nothing else
      return propertiesOf(lately.length > 0 ? lately : await newest('all'));
    },
    staleTime: staleMs,
    enabled,
  });
}

/** By how many events have them. */
export function propertiesOf(events: EventsData['events']): readonly Property[] {
  const found = new Map<
    string,
    { count: number; types: Set<Property['types'][number]>; examples: Set<string> }
  >();
  const walk = (value: object, prefix: string) => {
    for (const [key, each] of Object.entries(value)) {
      const name = prefix + key;
      if (each === null) continue;
      if (typeof each === 'object' && !Array.isArray(each)) {
        walk(each as object, `${name}.`);
        continue;
      }
      const known = found.get(name) ?? { count: 0, types: new Set(), examples: new Set() };
      known.count += 1;
      known.types.add(typeOf(each));
      if (known.examples.size < examplesMax && !Array.isArray(each))
        known.examples.add(String(each).slice(0, exampleLengthMax));
      found.set(name, known);
    }
  };
  for (const { properties = {} } of events) walk(properties, ownPrefix);
  return [...found]
    .toSorted(([a, { count: most }], [b, { count: more }]) => more - most || (a < b ? -1 : 1))
    .map(([name, { types, examples }]) => ({ name, types: [...types], examples: [...examples] }));
}

function typeOf(value: unknown): Property['types'][number] {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
}
