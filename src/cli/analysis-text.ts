/** Answers about people over time as lines for a terminal: funnels, retention, paths, sessions, people, what is live. */
import type {
  EventData,
  FunnelData,
  LiveData,
  PathsData,
  PersonData,
  RetentionData,
  SessionNumbers,
  SessionsData,
  UserData,
} from '../query/wire.ts';
import { type Column, grouped, printable, sparkline, table } from './table.ts';
import { bucketText, durationText, groupText, localTime, percentText } from './words.ts';

const right = (title: string): Column => ({ title, align: 'right' });

export function funnelLines({ steps, toConvert, groups }: FunnelData): string[] {
  const columns = [
    { title: 'step' },
    ...['count', 'of all', 'of the step before', 'median time', 'from the start'].map(right),
  ];
  const rows = steps.map((step, i) => [
    `${i + 1} ${printable(step.name)}`,
    grouped(step.count),
    percentText(step.rate),
    i === 0 ? '' : percentText(step.rateFromPrevious),
    durationText(step.medianFromPreviousMs),
    durationText(step.medianFromStartMs),
  ]);
  const counts = toConvert.map(({ count }) => count);
  const first = toConvert.findIndex(({ count }) => count > 0);
  const last = toConvert.findLastIndex(({ count }) => count > 0);
  const times =
    first < 0
      ? []
      : [
          '',
          `time to convert  ${sparkline(counts.slice(first, last + 1))}  ${durationText(toConvert[first]!.fromMs)} to ${
            toConvert[last]!.toMs === null ? 'any' : durationText(toConvert[last]!.toMs)
          }`,
        ];
  if (groups === undefined) return [...table(columns, rows), ...times];
  const byGroup = table(
    [{ title: 'group' }, ...steps.map((_, i) => right(`step ${i + 1}`)), right('converted')],
    groups.map((group) => [groupText(group), ...group.counts.map(grouped), percentText(group.rates.at(-1))]),
  );
  return [...table(columns, rows), ...times, '', ...byGroup];
}

/** As many periods as fit the width. */
export function retentionLines(
  { period, timeZone, periods, cohorts }: RetentionData,
  columnsMax: number,
): string[] {
  const width = 6;
  const later = Math.max(0, ...cohorts.map(({ returned }) => returned.length));
  const shown = Math.max(1, Math.min(later, Math.floor((columnsMax - 28) / (width + 2))));
  const columns = [
    { title: period },
    right('people'),
    ...Array.from({ length: shown }, (_, i) => right(`+${i + 1}`.padStart(width))),
  ];
  const rows = cohorts.map(({ people, returned }, c) => [
    bucketText(periods[c]!.from, period, timeZone),
    grouped(people),
    ...returned
      .slice(0, shown)
      .map((count, k) => shareOf(count, people) + (periods[c + k + 1]!.complete ? '' : '*')),
  ]);
  const remarks = [
    ...(periods.every(({ complete }) => complete) ? [] : ['* not the whole of it, or not over yet']),
    ...(shown < later ? [`${later - shown} more periods; --json shows them`] : []),
  ];
  return [...table(columns, rows), ...(remarks.length === 0 ? [] : ['', ...remarks])];
}

const shareOf = (count: number, of: number): string => (of === 0 ? '' : `${Math.round((count / of) * 100)}%`);

/** Each step's ways on, most used first, and how many end there. */
export function pathsLines({ field, direction, sequences, nodes, links }: PathsData): string[] {
  const rows = nodes.flatMap((node) => {
    const from = (to: string, count: number) => [
      String(node.step + 1),
      groupText(node),
      to,
      grouped(count),
      percentText(count / node.sequences),
    ];
    const on = links.filter((link) => link.step === node.step && isSame(link.from, node));
    return [
      ...on.map((link) => from(groupText(link.to), link.sequences)),
      ...(node.ends > 0 ? [from(direction === 'forward' ? '(ends)' : '(begins)', node.ends)] : []),
    ];
  });
  const [here, there] = direction === 'forward' ? [field, 'then'] : [field, 'before that'];
  const columns = [right('step'), { title: here }, { title: there }, right('sequences'), right('share')];
  return [`${grouped(sequences)} sequences, ${direction}`, '', ...table(columns, rows)];
}

type Named = PathsData['links'][number]['from'];
const isSame = (a: Named, b: Named): boolean => a.value === b.value && a.other === b.other;

export function sessionsLines({ total, groups = [] }: SessionsData): string[] {
  const columns = [
    { title: groups.length === 0 ? '' : 'group' },
    ...['sessions', 'users', 'average', 'median', 'bounced', 'pages a session'].map(right),
  ];
  const cells = (one: SessionNumbers) => [
    grouped(one.sessions),
    grouped(one.users),
    durationText(one.averageMs),
    durationText(one.medianMs),
    percentText(one.bounceRate),
    one.pageviewsPerSession === null ? '' : one.pageviewsPerSession.toFixed(1),
  ];
  return table(columns, [
    ...groups.map((group) => [groupText(group), ...cells(group)]),
    ['(all)', ...cells(total)],
  ]);
}

export function peopleLines(people: readonly PersonData[], timeZone: string, next?: string): string[] {
  if (people.length === 0) return ['nobody'];
  const columns = [
    { title: 'person' },
    right('events'),
    { title: 'first seen' },
    { title: 'last seen' },
    { title: 'key' },
  ];
  const rows = people.map((person) => [
    printable(person.userId ?? person.anonymousId ?? ''),
    grouped(person.events),
    localTime(person.firstSeen, timeZone),
    localTime(person.lastSeen, timeZone),
    person.key,
  ]);
  return [...table(columns, rows), ...more(next)];
}

export function userLines(
  { person, events, next }: UserData,
  timeZone: string,
  columnsMax: number,
): string[] {
  if (person === null) return ['nobody has this id'];
  return [...peopleLines([person], timeZone), '', ...timeline(events, timeZone, columnsMax), ...more(next)];
}

/** When, what, where, and what else was sent with it. */
function timeline(events: readonly EventData[], timeZone: string, columnsMax: number): string[] {
  const rows = events.map((event) => [
    localTime(event.timestamp, timeZone),
    printable(event.type),
    printable(event.path ?? event.screen ?? ''),
    [event.amount, event.currency].filter((one) => one !== undefined).join(' '),
    event.properties === undefined ? '' : printable(JSON.stringify(event.properties), columnsMax),
  ]);
  const columns = ['when', 'event', 'where', 'amount', 'properties'].map((title) => ({ title }));
  return table(columns, rows).map((line) => [...line].slice(0, columnsMax).join('').trimEnd());
}

const more = (next: string | undefined): string[] =>
  next === undefined
    ? []
    : ['', `there are more; ask with "after": ${JSON.stringify(printable(next, 1_000))}`];

export function liveLines({ now, minutes, pages, referrers, countries }: LiveData): string[] {
  const lists = { pages, referrers, countries };
  return [
    `${grouped(now)} people in the last five minutes`,
    '',
    `events  ${sparkline(minutes.map(({ events }) => events))}`,
    `users   ${sparkline(minutes.map(({ users }) => users))}`,
    ...Object.entries(lists).flatMap(([title, groups]) =>
      groups.length === 0
        ? []
        : [
            '',
            ...table(
              [{ title }, right('events'), right('users')],
              groups.map((group) => [groupText(group), grouped(group.events), grouped(group.users)]),
            ),
          ],
    ),
  ];
}
