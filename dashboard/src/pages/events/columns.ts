/** What a column of events shows: a field, a property, or who and about what in one. */
import type { EventData } from '../../../../src/query/wire.ts';
import { fieldName, flag, valueName } from '../../format/names.ts';
import { money } from '../../format/numbers.ts';

export const defaultColumns: readonly string[] = ['type', 'who', 'about', 'country', 'device'];
/** More would be too narrow to read. */
export const columnsMax = 8;

/** What comes first of these stands for the event. */
const about: readonly (keyof EventData)[] = ['path', 'url', 'screen', 'productId', 'title', 'experimentId'];

const composite: Readonly<
  Record<string, { readonly label: string; readonly text: (event: EventData) => string | undefined }>
> = {
  who: { label: 'Who', text: ({ userId, anonymousId }) => userId ?? anonymousId },
  about: { label: 'About', text: aboutText },
};

function aboutText(event: EventData): string | undefined {
  const first = about.find((field) => event[field] !== undefined);
  const named = first === undefined ? undefined : String(event[first]);
  const sum = event.amount === undefined ? undefined : money(event.amount, event.currency ?? null, false);
  const words = [sum, named].filter((each) => each !== undefined).join(' · ');
  return words === '' ? sentWords(event) : words;
}

const sentShown = 3;

/** The first of its properties: 'plan: pro, size: 3'. */
function sentWords({ properties }: EventData): string | undefined {
  const shown = leavesOf(properties ?? {}).slice(0, sentShown);
  if (shown.length === 0) return undefined;
  return shown
    .map(([path, value]) => `${path}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** What may be chosen besides the properties of the events at hand. */
export const columnNames: readonly string[] = [
  ...['type', 'who', 'about', 'country', 'device'],
  ...['userId', 'anonymousId', 'sessionId', 'source', 'bot'],
  ...['title', 'path', 'host', 'referrerHost', 'channel', 'utmSource', 'utmMedium', 'utmCampaign'],
  ...['browser', 'os', 'language', 'screen', 'appVersion', 'region', 'city'],
  ...['productId', 'amount', 'experimentId', 'variantKey', 'eventId'],
];

/** Those whose values are short, for the room that others need. */
export const columnWidths: Readonly<Record<string, string>> = {
  type: 'sm:w-44',
  country: 'w-40',
  device: 'w-28',
  browser: 'w-28',
  os: 'w-28',
  source: 'w-24',
  bot: 'w-16',
  language: 'w-28',
  amount: 'w-28',
};

export const columnLabel = (name: string): string => composite[name]?.label ?? fieldName(name);

/** Undefined: the event has nothing there. */
export function cellText(event: EventData, column: string): string | undefined {
  const made = composite[column];
  if (made !== undefined) return made.text(event);
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
