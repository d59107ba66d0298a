/** Where days, hours, weeks and months begin. Borders are written in UTC. */
import type { AnswerSet } from './answer-set.ts';

const events = (...times: readonly string[]) => times.map((at) => ({ at }));

export const berlin: AnswerSet = {
  about: 'days on which clocks change, in Europe/Berlin',
  events: events(
    '2025-03-29T22:59:59.999Z', // 29 March, 23:59:59.999
    '2025-03-29T23:00:00Z', // 30 March, 00:00
    '2025-03-30T00:59:59.999Z', // 01:59:59.999, the last moment before 03:00
    '2025-03-30T01:00:00Z', // 03:00
    '2025-03-30T21:59:59.999Z',
    '2025-03-30T22:00:00Z', // 31 March, 00:00
    '2025-10-25T22:00:00Z', // 26 October, 00:00
    '2025-10-26T00:30:00Z', // 02:30, the first one
    '2025-10-26T01:30:00Z', // 02:30, the second one
    '2025-10-26T22:59:59.999Z',
    '2025-10-26T23:00:00Z', // 27 October, 00:00
  ),
  question: { kind: 'trend', timeZone: 'Europe/Berlin', interval: 'day', metrics: ['events'] },
  cases: [
    {
      name: 'the day on which clocks go forward has 23 hours',
      question: { from: '2025-03-29', to: '2025-04-01' },
      answer: {
        edges: ['2025-03-28T23:00', '2025-03-29T23:00', '2025-03-30T22:00', '2025-03-31T22:00'],
        total: { events: [1, 4, 1] },
      },
    },
    {
      name: 'the day on which clocks go back has 25 hours',
      question: { from: '2025-10-26', to: '2025-10-28' },
      answer: {
        edges: ['2025-10-25T22:00', '2025-10-26T23:00', '2025-10-27T23:00'],
        total: { events: [4, 1] },
      },
    },
    {
      name: 'the hour that does not exist has no bucket',
      question: { interval: 'hour', from: '2025-03-30T01:00', to: '2025-03-30T05:00' },
      answer: {
        edges: ['2025-03-30T00:00', '2025-03-30T01:00', '2025-03-30T02:00', '2025-03-30T03:00'],
        total: { events: [1, 1, 0] },
      },
    },
    {
      name: 'the hour that comes twice has two buckets',
      question: { interval: 'hour', from: '2025-10-26T01:00', to: '2025-10-26T04:00' },
      answer: {
        edges: [
          '2025-10-25T23:00',
          '2025-10-26T00:00',
          '2025-10-26T01:00',
          '2025-10-26T02:00',
          '2025-10-26T03:00',
        ],
        total: { events: [0, 1, 1, 0] },
      },
    },
    {
      name: 'the same days in UTC have other borders and other counts',
      question: { timeZone: 'UTC', from: '2025-03-29', to: '2025-03-31' },
      answer: {
        edges: ['2025-03-29T00:00', '2025-03-30T00:00', '2025-03-31T00:00'],
        total: { events: [2, 4] },
      },
    },
  ],
};

export const halfHours: AnswerSet = {
  about: 'zones that are not a whole hour off',
  events: events(
    '2025-06-14T18:29:59.999Z', // 14 June, 23:59:59.999 in Kolkata
    '2025-06-14T18:30:00Z', // 15 June, 00:00
    '2025-06-15T18:29:59.999Z',
    '2025-04-05T14:15:00Z', // 6 April, 01:15 in Lord Howe
    '2025-04-05T14:45:00Z', // 01:45, the first one
    '2025-04-05T15:15:00Z', // 01:45, the second one: clocks went back to 01:30 at 15:00Z
    '2025-04-05T15:30:00Z', // 02:00
    '2025-03-09T05:15:00Z', // 9 March, 01:45 in St. John's
    '2025-03-09T05:30:00Z', // 03:00: clocks went forward from 02:00
    '2025-03-10T02:29:59.999Z', // 23:59:59.999
  ),
  question: { kind: 'trend', metrics: ['events'] },
  cases: [
    {
      name: 'days begin at half past six in Asia/Kolkata',
      question: { timeZone: 'Asia/Kolkata', interval: 'day', from: '2025-06-14', to: '2025-06-16' },
      answer: {
        edges: ['2025-06-13T18:30', '2025-06-14T18:30', '2025-06-15T18:30'],
        total: { events: [1, 2] },
      },
    },
    {
      name: 'hours begin at half past in Asia/Kolkata',
      question: {
        timeZone: 'Asia/Kolkata',
        interval: 'hour',
        from: '2025-06-14T23:00',
        to: '2025-06-15T01:00',
      },
      answer: {
        edges: ['2025-06-14T17:30', '2025-06-14T18:30', '2025-06-14T19:30'],
        total: { events: [1, 1] },
      },
    },
    {
      name: 'the day on which clocks go back in Australia/Lord_Howe has 24 and a half hours',
      question: { timeZone: 'Australia/Lord_Howe', interval: 'day', from: '2025-04-06', to: '2025-04-08' },
      answer: {
        edges: ['2025-04-05T13:00', '2025-04-06T13:30', '2025-04-07T13:30'],
        total: { events: [4, 0] },
      },
    },
    {
      name: 'the hour of which half comes twice lasts 90 minutes',
      question: {
        timeZone: 'Australia/Lord_Howe',
        interval: 'hour',
        from: '2025-04-06T01:00',
        to: '2025-04-06T03:00',
      },
      answer: {
        edges: ['2025-04-05T14:00', '2025-04-05T15:30', '2025-04-05T16:30'],
        total: { events: [3, 1] },
      },
    },
    {
      name: 'the day on which clocks go forward in America/St_Johns has 23 hours',
      question: { timeZone: 'America/St_Johns', interval: 'day', from: '2025-03-09', to: '2025-03-11' },
      answer: {
        edges: ['2025-03-09T03:30', '2025-03-10T02:30', '2025-03-11T02:30'],
        total: { events: [3, 0] },
      },
    },
    {
      name: 'its hours are whole and leave out the one that does not exist',
      question: {
        timeZone: 'America/St_Johns',
        interval: 'hour',
        from: '2025-03-09T01:00',
        to: '2025-03-09T04:00',
      },
      answer: {
        edges: ['2025-03-09T04:30', '2025-03-09T05:30', '2025-03-09T06:30'],
        total: { events: [1, 1] },
      },
    },
  ],
};

export const samoa: AnswerSet = {
  about: 'days that begin late or not at all',
  events: events(
    '2011-12-30T09:59:59.999Z', // 29 December, 23:59:59.999 in Apia
    '2011-12-30T10:00:00Z', // 31 December, 00:00
    '2018-11-04T02:59:59.999Z', // 3 November, 23:59:59.999 in São Paulo
    '2018-11-04T03:00:00Z', // 4 November, 01:00, its first moment
  ),
  question: { kind: 'trend', interval: 'day', metrics: ['events'] },
  cases: [
    {
      name: 'the day that Pacific/Apia skipped has no bucket',
      question: { timeZone: 'Pacific/Apia', from: '2011-12-29', to: '2012-01-01' },
      answer: {
        edges: ['2011-12-29T10:00', '2011-12-30T10:00', '2011-12-31T10:00'],
        total: { events: [1, 1] },
      },
    },
    {
      name: 'a day without a midnight begins at 01:00',
      question: { timeZone: 'America/Sao_Paulo', from: '2018-11-03', to: '2018-11-05' },
      answer: {
        edges: ['2018-11-03T03:00', '2018-11-04T03:00', '2018-11-05T02:00'],
        total: { events: [1, 1] },
      },
    },
  ],
};

export const weeksAndMonths: AnswerSet = {
  about: 'weeks, months and times before 1970',
  events: events(
    '2025-06-01T12:00:00Z', // a Sunday
    '2025-06-02T00:00:00Z', // a Monday
    '2025-06-08T23:59:59.999Z', // the Sunday after
    '2025-06-09T00:00:00Z',
    '2024-02-29T12:00:00Z',
    '2024-03-01T00:00:00Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00Z',
    '1965-07-01T00:00:00Z',
  ),
  question: { kind: 'trend', metrics: ['events'] },
  cases: [
    {
      name: 'weeks begin on Monday',
      question: { interval: 'week', from: '2025-06-01', to: '2025-06-16' },
      answer: {
        edges: ['2025-06-01T00:00', '2025-06-02T00:00', '2025-06-09T00:00', '2025-06-16T00:00'],
        cut: [0],
        total: { events: [1, 2, 1] },
      },
    },
    {
      name: 'a month has its own length, also in a leap year',
      question: { interval: 'month', from: '2024-02-01', to: '2024-04-01' },
      answer: {
        edges: ['2024-02-01T00:00', '2024-03-01T00:00', '2024-04-01T00:00'],
        total: { events: [1, 1] },
      },
    },
    {
      name: 'months across a change of clocks keep their local midnights',
      question: { interval: 'month', timeZone: 'Europe/Berlin', from: '2024-02-15', to: '2024-05-01' },
      answer: {
        edges: ['2024-02-14T23:00', '2024-02-29T23:00', '2024-03-31T22:00', '2024-04-30T22:00'],
        cut: [0],
        total: { events: [1, 1, 0] },
      },
    },
    {
      name: 'time before 1970 is time like any other',
      question: { interval: 'day', from: '1969-12-31', to: '1970-01-02' },
      answer: {
        edges: ['1969-12-31T00:00', '1970-01-01T00:00', '1970-01-02T00:00'],
        total: { events: [1, 1] },
      },
    },
    {
      name: 'a summary may span decades',
      question: { kind: 'summary', from: '1960-01-01', to: '2030-01-01' },
      answer: { total: { events: 9 } },
    },
  ],
};
