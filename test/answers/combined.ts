/** Questions that are made of others: series and formulas, comparisons, numbers of a field, segments, cohorts, samples, named ranges. */
import type { AnswerSet, GivenEvent } from './answer-set.ts';
import { typeIs } from './walks.ts';

const on = (date: string, type: string, userId: string, more: Partial<GivenEvent> = {}): GivenEvent => ({
  at: `${date}T12:00:00Z`,
  type,
  userId,
  ...more,
});
const views = { name: 'views', filter: typeIs('view') };
const buys = { name: 'buys', filter: typeIs('buy') };

const series: AnswerSet = {
  about: 'series and formulas',
  events: [
    on('2025-06-16', 'view', 'ada'),
    on('2025-06-16', 'view', 'bob', { country: 'DE' }),
    on('2025-06-16', 'buy', 'bob', { country: 'DE', amount: '12.5', currency: 'EUR' }),
    on('2025-06-17', 'buy', 'ada', { amount: '7.5', currency: 'EUR' }),
    on('2025-06-17', 'buy', 'ada', { amount: '100', currency: 'JPY' }),
  ],
  question: { kind: 'trend', interval: 'day', from: '2025-06-16', to: '2025-06-19', series: [views, buys] },
  cases: [
    {
      name: 'each series is a line of its own, and formulas come after them',
      question: { formulas: [{ name: 'both', formula: 'views + buys' }] },
      answer: {
        edges: ['2025-06-16T00:00', '2025-06-17T00:00', '2025-06-18T00:00', '2025-06-19T00:00'],
        cut: [],
        series: { views: [2, 0, 0], buys: [1, 2, 0], both: [3, 2, 0] },
      },
    },
    {
      name: 'what divides by zero is null',
      question: { formulas: [{ name: 'rate', formula: 'buys / views' }] },
      answer: { series: { views: [2, 0, 0], buys: [1, 2, 0], rate: [0.5, null, null] } },
    },
    {
      name: 'what is made of null is null',
      question: { formulas: [{ name: 'rate', formula: '1 - buys / views * 0' }] },
      answer: { series: { views: [2, 0, 0], buys: [1, 2, 0], rate: [1, null, null] } },
    },
    {
      name: 'products come before sums, brackets before both, and a minus may stand alone',
      question: { formulas: ['-views + buys * 10', '(views + buys) * 10'] },
      answer: { series: { views: [2, 0, 0], buys: [1, 2, 0], F1: [8, 20, 0], F2: [30, 20, 0] } },
    },
    {
      name: 'of a summary each series is one number',
      question: { kind: 'summary', interval: undefined, formulas: ['buys / views'] },
      answer: { series: { views: [2], buys: [3], F1: [1.5] } },
    },
    {
      name: 'a series may count users or a number of a field, so that there are averages per user',
      question: {
        series: [
          { name: 'paid', metric: { agg: 'sum', of: 'amount', currency: 'EUR' } },
          { name: 'people', filter: typeIs('buy'), metric: 'users' },
        ],
        formulas: [{ name: 'each', formula: 'paid / people' }],
      },
      answer: { series: { paid: [12.5, 7.5, 0], people: [1, 1, 0], each: [12.5, 7.5, null] } },
    },
    {
      name: 'the filter of the question holds for every series',
      question: { filter: { field: 'country', op: 'eq', value: 'DE' } },
      answer: { series: { views: [1, 0, 0], buys: [1, 0, 0] } },
    },
    {
      name: 'series without a name are letters, and without a filter all events',
      question: { series: [{}, { metric: 'users' }] },
      answer: { series: { A: [3, 2, 0], B: [2, 1, 0] } },
    },
    {
      name: 'another range stands beside the first',
      question: { from: '2025-06-17', to: '2025-06-18', compare: 'previous', formulas: ['buys / views'] },
      answer: {
        series: { views: [0], buys: [2], F1: [null] },
        compared: { views: [2], buys: [1], F1: [0.5] },
      },
    },
  ],
};

const compare: AnswerSet = {
  about: 'comparisons with another range',
  events: [
    on('2024-02-28', 'a', 'ada'),
    on('2024-02-29', 'a', 'bob'),
    on('2025-01-31', 'a', 'ada'),
    on('2025-02-01', 'a', 'ada'),
    on('2025-02-28', 'a', 'bob'),
    on('2025-03-01', 'a', 'cleo'),
    on('2025-03-31', 'a', 'ada'),
  ],
  question: { kind: 'summary' },
  cases: [
    {
      name: 'before whole months there are as many whole months',
      question: { from: '2025-03-01', to: '2025-04-01', compare: 'previous' },
      answer: {
        total: { events: 2, users: 2 },
        compare: {
          from: '2025-02-01T00:00:00.000Z',
          to: '2025-03-01T00:00:00.000Z',
          data: { kind: 'summary', total: { events: 2, users: 2 } },
        },
      },
    },
    {
      name: 'before some days there are as many days',
      question: { from: '2025-02-01', to: '2025-02-02', compare: 'previous' },
      answer: {
        total: { events: 1, users: 1 },
        compare: {
          from: '2025-01-31T00:00:00.000Z',
          to: '2025-02-01T00:00:00.000Z',
          data: { kind: 'summary', total: { events: 1, users: 1 } },
        },
      },
    },
    {
      name: 'before some hours there are as many milliseconds',
      question: { from: '2025-03-01T12:00Z', to: '2025-03-02T12:00Z', compare: 'previous' },
      answer: {
        total: { events: 1, users: 1 },
        compare: {
          from: '2025-02-28T12:00:00.000Z',
          to: '2025-03-01T12:00:00.000Z',
          data: { kind: 'summary', total: { events: 1, users: 1 } },
        },
      },
    },
    {
      name: 'a day that the year before did not have is the one before it',
      question: { from: '2025-02-28', to: '2025-03-01', compare: 'year' },
      answer: {
        total: { events: 1, users: 1 },
        compare: {
          from: '2024-02-28T00:00:00.000Z',
          to: '2024-03-01T00:00:00.000Z',
          data: { kind: 'summary', total: { events: 2, users: 2 } },
        },
      },
    },
    {
      name: 'days before clocks went forward are days of the zone',
      question: { from: '2025-03-31', to: '2025-04-01', timeZone: 'Europe/Berlin', compare: 'previous' },
      answer: {
        total: { events: 1, users: 1 },
        compare: {
          from: '2025-03-29T23:00:00.000Z',
          to: '2025-03-30T22:00:00.000Z',
          data: { kind: 'summary', total: { events: 0, users: 0 } },
        },
      },
    },
    {
      name: 'any range may stand beside it',
      question: { from: '2025-03-01', to: '2025-04-01', compare: { from: '2024-01-01', to: '2024-03-01' } },
      answer: {
        total: { events: 2, users: 2 },
        compare: {
          from: '2024-01-01T00:00:00.000Z',
          to: '2024-03-01T00:00:00.000Z',
          data: { kind: 'summary', total: { events: 2, users: 2 } },
        },
      },
    },
  ],
};

const loads = (userId: string, ...times: readonly unknown[]) =>
  times.map((ms) =>
    on('2025-06-16', 'load', userId, { properties: { ms } as GivenEvent['properties'] & object }),
  );

const measures: AnswerSet = {
  about: 'numbers of a field',
  events: [
    ...loads('ada', 1, 2, 3, 4),
    ...loads('bob', 10, '10', true, null),
    on('2025-06-17', 'load', 'bob'),
  ],
  question: { kind: 'summary', from: '2025-06-16', to: '2025-06-17', metrics: ['events'] },
  cases: [
    {
      name: 'only numbers are added up, and have a middle and extremes',
      question: {
        measures: ['sum', 'avg', 'min', 'max', 'median'].map((agg) => ({ agg, of: 'properties.ms' })),
      },
      answer: {
        total: {
          events: 8,
          measures: {
            'sum(properties.ms)': 20,
            'avg(properties.ms)': 4,
            'min(properties.ms)': 1,
            'max(properties.ms)': 10,
            'median(properties.ms)': 3,
          },
        },
      },
    },
    {
      name: 'percentiles lie between two values in proportion',
      question: {
        measures: [{ agg: 'p90', of: 'properties.ms' }],
        filter: { field: 'userId', op: 'eq', value: 'ada' },
      },
      answer: { total: { events: 4, measures: { 'p90(properties.ms)': 3.7 } } },
    },
    {
      name: 'values of any type are distinct from those of another',
      question: { measures: [{ agg: 'distinct', of: 'properties.ms' }] },
      answer: { total: { events: 8, measures: { 'distinct(properties.ms)': 7 } } },
    },
    {
      name: 'where there is no number a sum is 0 and an average is null',
      question: {
        from: '2025-06-17',
        to: '2025-06-18',
        measures: ['sum', 'avg', 'distinct'].map((agg) => ({ agg, of: 'properties.ms' })),
      },
      answer: {
        total: {
          events: 1,
          measures: { 'sum(properties.ms)': 0, 'avg(properties.ms)': null, 'distinct(properties.ms)': 0 },
        },
      },
    },
    {
      name: 'each group has its own',
      question: { by: 'userId', measures: [{ agg: 'max', of: 'properties.ms' }] },
      answer: {
        total: { events: 8, measures: { 'max(properties.ms)': 10 } },
        groups: [
          { value: 'ada', events: 4, measures: { 'max(properties.ms)': 4 } },
          { value: 'bob', events: 4, measures: { 'max(properties.ms)': 10 } },
        ],
      },
    },
    {
      name: 'each bucket has its own',
      question: {
        kind: 'trend',
        interval: 'day',
        to: '2025-06-18',
        measures: [{ agg: 'avg', of: 'properties.ms' }],
      },
      answer: {
        edges: ['2025-06-16T00:00', '2025-06-17T00:00', '2025-06-18T00:00'],
        total: { events: [8, 1], measures: { 'avg(properties.ms)': [4, null] } },
      },
    },
  ],
};

const counted = (name: string, filter: unknown, events: number, users: number, more = {}) => ({
  name,
  question: { filter, ...more },
  answer: { total: { events, users } },
});

const cohorts: AnswerSet = {
  about: 'cohorts, segments and samples',
  events: [
    on('2025-06-01', 'buy', 'ada'),
    on('2025-06-15', 'buy', 'ada'),
    on('2025-06-16', 'view', 'ada'),
    on('2025-06-16', 'view', 'ada'),
    on('2025-06-15', 'buy', 'bob', { country: 'DE' }),
    on('2025-06-16', 'view', 'bob'),
    on('2025-06-16', 'view', 'cleo'),
    on('2025-06-16', 'buy', 'dan', { bot: true }),
    on('2025-06-16', 'view', 'dan'),
    { at: '2025-06-16T12:00:00Z', type: 'buy' },
  ],
  question: { kind: 'summary', from: '2025-06-16', to: '2025-06-17' },
  cases: [
    counted(
      'a cohort looks back over days before the range ends, and holds for all events of its people',
      { cohort: { filter: typeIs('buy'), days: 2 } },
      3,
      2,
    ),
    counted(
      'at least so many events are wanted',
      { cohort: { filter: typeIs('buy'), atLeast: 2, days: 30 } },
      2,
      1,
    ),
    counted(
      'events before its days do not count',
      { cohort: { filter: typeIs('buy'), atLeast: 2, days: 15 } },
      0,
      0,
    ),
    counted(
      'a cohort may have a range of its own',
      { cohort: { filter: typeIs('buy'), from: '2025-06-01', to: '2025-06-02' } },
      2,
      1,
    ),
    counted(
      'not of a cohort is everybody else, also nobody',
      { not: { cohort: { filter: typeIs('buy'), days: 2 } } },
      3,
      2,
    ),
    counted(
      'bots are looked at where the question looks at bots',
      { cohort: { filter: typeIs('buy'), days: 2 } },
      5,
      3,
      { bots: 'include' },
    ),
    counted(
      'a cohort may say so for itself',
      { cohort: { filter: typeIs('buy'), days: 2, bots: 'only' } },
      1,
      1,
    ),
    counted(
      'a cohort stands beside other conditions',
      {
        or: [
          { cohort: { filter: { field: 'country', op: 'eq', value: 'DE' }, days: 2 } },
          { field: 'userId', op: 'eq', value: 'cleo' },
        ],
      },
      2,
      2,
    ),
    counted('a segment is the filter that it names', { segment: 'views' }, 5, 4, {
      segments: { views: typeIs('view') },
    }),
    counted('a segment may be made of another', { not: { segment: 'others' } }, 5, 4, {
      segments: { views: typeIs('view'), others: { not: { segment: 'views' } } },
    }),
    counted('a sample of everybody is everybody', undefined, 6, 4, { sample: 1 }),
  ],
};

const named: AnswerSet = {
  about: 'named ranges, asked on 1 January 2026 at midnight',
  events: [
    { at: '2026-01-01T00:00:00Z', userId: 'ada' },
    { at: '2025-12-31T23:59:59.999Z', userId: 'ada' },
    { at: '2025-12-26T00:00:00Z', userId: 'bob' },
    { at: '2025-12-25T23:59:59.999Z', userId: 'bob' },
    { at: '2025-02-01T00:00:00Z', userId: 'cleo' },
    { at: '2025-01-31T23:59:59.999Z', userId: 'cleo' },
    { at: '1969-07-20T20:17:40Z', userId: 'neil' },
  ],
  question: { kind: 'summary' },
  cases: [
    ...(
      [
        ['today begins at midnight', 'today', 1, 1],
        ['yesterday ends there', 'yesterday', 1, 1],
        ['seven days end with today', '7d', 3, 2],
        ['thirty days hold the seven', '30d', 4, 2],
        ['twelve months begin with a month', '12mo', 5, 3],
        ['a month to date begins with the month', 'mtd', 1, 1],
        ['a quarter to date begins with the quarter', 'qtd', 1, 1],
        ['a year to date begins with the year', 'ytd', 1, 1],
        ['all is all', 'all', 7, 4],
      ] as const
    ).map(([name, range, events, users]) => ({
      name,
      question: { range },
      answer: { total: { events, users } },
    })),
    {
      name: 'in a zone where the new year has not begun today is still the last one',
      question: { range: 'today', timeZone: 'America/New_York' },
      answer: { total: { events: 2, users: 1 } },
    },
    {
      name: 'a bucket that is not over yet says so',
      question: { kind: 'trend', interval: 'day', range: 'today' },
      answer: {
        edges: ['2026-01-01T00:00', '2026-01-02T00:00'],
        cut: [0],
        total: { events: [1], users: [1] },
      },
    },
  ],
};

const clockChanges: AnswerSet = {
  about: 'clock changes beyond Europe, and weeks',
  events: [
    // New York, 9 March 2025: 01:59:59.999, then 03:00; its last moment; 10 March
    { at: '2025-03-09T06:59:59.999Z', userId: 'ada' },
    { at: '2025-03-09T07:00:00.000Z', userId: 'ada' },
    { at: '2025-03-10T03:59:59.999Z', userId: 'bob' },
    { at: '2025-03-10T04:00:00.000Z', userId: 'bob' },
    // Kathmandu, five hours and 45 minutes ahead: 16 June 00:00
    { at: '2025-06-15T18:14:59.999Z', userId: 'cleo' },
    { at: '2025-06-15T18:15:00.000Z', userId: 'cleo' },
  ],
  question: { kind: 'trend', interval: 'day' },
  cases: [
    {
      name: 'in New York the day of 23 hours ends when the next one begins',
      question: { timeZone: 'America/New_York', from: '2025-03-09', to: '2025-03-11' },
      answer: {
        edges: ['2025-03-09T05:00', '2025-03-10T04:00', '2025-03-11T04:00'],
        total: { events: [3, 1], users: [2, 1] },
      },
    },
    {
      name: 'the hour that New York skips has no bucket',
      question: {
        timeZone: 'America/New_York',
        interval: 'hour',
        from: '2025-03-09T01:00',
        to: '2025-03-09T04:00',
      },
      answer: {
        edges: ['2025-03-09T06:00', '2025-03-09T07:00', '2025-03-09T08:00'],
        total: { events: [1, 1], users: [1, 1] },
      },
    },
    {
      name: 'days of zones with quarters of an hour begin at their own midnight',
      question: { timeZone: 'Asia/Kathmandu', from: '2025-06-15', to: '2025-06-17' },
      answer: {
        edges: ['2025-06-14T18:15', '2025-06-15T18:15', '2025-06-16T18:15'],
        total: { events: [1, 1], users: [1, 1] },
      },
    },
    {
      name: 'a week over the change of clocks has 167 hours',
      question: {
        timeZone: 'America/New_York',
        interval: 'week',
        weekStart: 'sunday',
        from: '2025-03-09',
        to: '2025-03-16',
      },
      answer: { edges: ['2025-03-09T05:00', '2025-03-16T04:00'], total: { events: [4], users: [2] } },
    },
    {
      name: 'a week that begins on Sunday puts it into the next week',
      question: {
        timeZone: 'America/New_York',
        interval: 'week',
        weekStart: 'sunday',
        from: '2025-03-08',
        to: '2025-03-10',
      },
      answer: {
        edges: ['2025-03-08T05:00', '2025-03-09T05:00', '2025-03-10T04:00'],
        cut: [0, 1],
        total: { events: [0, 3], users: [0, 2] },
      },
    },
    {
      name: 'a week that begins on Monday has it as its last day',
      question: { timeZone: 'America/New_York', interval: 'week', from: '2025-03-08', to: '2025-03-11' },
      answer: {
        edges: ['2025-03-08T05:00', '2025-03-10T04:00', '2025-03-11T04:00'],
        cut: [0, 1],
        total: { events: [3, 1], users: [2, 1] },
      },
    },
  ],
};

export const combined: readonly AnswerSet[] = [series, compare, measures, cohorts, named, clockChanges];
