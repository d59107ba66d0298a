/** What a column of events shows: a field, a property, or who and where in one. */
import type { EventData } from '../../../../src/query/wire.ts';
import { fieldName, flag, valueName } from '../../format/names.ts';
import { money } from '../../format/numbers.ts';

export const defaultColumns: readonly string[] = ['type', 'who', 'where', 'country', 'device'];
/** More would be too narrow to read. */
export const columnsMax = 8;

const composite: Readonly<
  Record<string, { readonly label: string; readonly of: readonly (keyof EventData)[] }>
> = {
  who: { label: 'Who', of: ['userId', 'anonymousId'] },
  where: { label: 'Where', of: ['path', 'url', 'screen', 'title'] },
};

/** What may be chosen besides the properties of the events at hand. */
export const columnNames: readonly string[] = [
  ...['type', 'who', 'where', 'country', 'device'],
  ...['userId', 'anonymousId', 'sessionId', 'source', 'bot'],
  ...['title', 'path', 'host', 'referrerHost', 'channel', 'utmSource', 'utmMedium', 'utmCampaign'],
  ...['browser', 'os', 'language', 'screen', 'appVersion', 'region', 'city'],
  ...['productId', 'amount', 'experimentId', 'variantKey', 'eventId'],
];

export const columnLabel = (name: string): string => composite[name]?.label ?? fieldName(name);

/** Undefined: the event has nothing there. */
export function cellText(event: EventData, column: string): string | undefined {
  const of = composite[column]?.of;
  if (of !== undefined) {
    const first = of.find((field) => event[field] !== undefined);
    return first && String(event[first]);
  }
  if (column.startsWith('properties.')) return propertyText(event, column.slice('properties.'.length));
  const value = event[column as keyof EventData];
  if (value === undefined) return undefined;
  if (column === 'amount') return money(String(value), event.currency ?? null, false);
  if (column === 'bot') return value ? 'bot' : undefined;
  if (column === 'country') return `${flag(String(value))} ${valueName('country', String(value))}`;
  return valueName(column, String(value));
}

function propertyText({ properties }: EventData, path: string): string | undefined {
  const found = leavesOf(properties ?? {}).find(([at]) => at === path)?.[1];
  if (found === undefined) return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

type Leaf = string | number | boolean | readonly unknown[];
/** Of one event; its properties have 32 KB at most. */
const leavesMax = 1_000;

/** What is in properties by its path: scalars, and lists whole. */
export function leavesOf(object: object, prefix = ''): readonly (readonly [path: string, value: Leaf])[] {
  return Object.entries(object)
    .flatMap(([key, value]): (readonly [string, Leaf])[] => {
      if (value === null || value === undefined) return [];
      if (typeof value === 'object' && !Array.isArray(value)) return [...leavesOf(value, `${prefix}${key}.`)];
      return [[prefix + key, value as Leaf]];
    })
    .slice(0, leavesMax);
}

/** Columns for the properties that the events at hand have, those of most events first. */
export function propertyColumns(events: readonly EventData[], countMax: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const { properties } of events)
    for (const [path] of leavesOf(properties ?? {})) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, countMax)
    .map(([path]) => `properties.${path}`);
}
