import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { answerText } from '../../src/cli/answer-text.ts';
import { UsageError } from '../../src/cli/context.ts';
import { readPlan, titleOf } from '../../src/cli/plan-file.ts';
import { durationText, percentText } from '../../src/cli/words.ts';
import type { AnswerData, AnswerMeta } from '../../src/query/wire.ts';

const from = (text: string) => readPlan('-', { stdin: () => Readable.from([Buffer.from(text)]) });

test('a plan is one JSON object out of standard input or a file', async () => {
  assert.deepEqual(await from('{"kind": "live"}'), { kind: 'live' });
  const wrong: readonly [Promise<unknown>, RegExp][] = [
    [from('{"kind":'), /standard input is not JSON/],
    [from('[]'), /must hold one question/],
    [from('x'.repeat(2 * 1024 * 1024)), /longer than a question may be/],
    [readPlan('/no/such/plan.json', { stdin: () => Readable.from([]) }), /plan\.json cannot be read: ENOENT/],
  ];
  for (const [work, message] of wrong)
    await assert.rejects(work, (error) => error instanceof UsageError && message.test(error.message));
});

test('a title tells the plan in its own words', () => {
  assert.equal(titleOf({ kind: 'funnel', range: '7d' }), 'funnel, 7d UTC, without bots');
  assert.equal(
    titleOf({ kind: 'paths', from: '2026-01-05', to: '2026-01-12', timeZone: 'Asia/Kolkata', bots: 'only' }),
    'paths, 2026-01-05 until 2026-01-12 Asia/Kolkata, bots only',
  );
  assert.equal(titleOf({ kind: 'live' }), 'live, UTC, without bots');
});

test('durations and shares are told in words', () => {
  assert.deepEqual([0, 250, 1_500, 60_000, 3_725_000, 190_800_000, null].map(durationText), [
    '0 ms',
    '250 ms',
    '1s',
    '1m',
    '1h 2m',
    '2d 5h',
    '',
  ]);
  assert.deepEqual([0.45338, 1, 0, null, undefined].map(percentText), ['45.3 %', '100 %', '0 %', '', '']);
});

const meta: AnswerMeta = {
  approximate: false,
  error: 0,
  stale: false,
  asOf: '2026-01-12T00:00:00.000Z',
  cached: false,
  source: 'rows',
  rowsRead: 1,
  durationMs: 1,
};
const asked = { title: 'asked', timeZone: 'UTC', columnsMax: 60 };
const lines = (data: AnswerData) => answerText({ data, meta }, asked).slice(2);

test('no control character of a sender gets out of any kind of answer', () => {
  const value = 'a\u001b[2Jb\n';
  const person = { key: '1', userId: value, firstSeen: meta.asOf, lastSeen: meta.asOf, events: 1 };
  const sessions = {
    sessions: 1,
    users: 1,
    averageMs: 1,
    medianMs: 1,
    bounceRate: 0,
    pageviewsPerSession: 1,
  };
  const step = {
    name: value,
    count: 1,
    rate: 1,
    rateFromPrevious: 1,
    medianFromPreviousMs: 1,
    medianFromStartMs: 1,
  };
  const event = {
    eventId: value,
    type: value,
    timestamp: meta.asOf,
    receivedAt: meta.asOf,
    source: 'web',
    bot: false,
    path: value,
    properties: { [value]: value },
  } as const;
  const answers: readonly AnswerData[] = [
    { kind: 'funnel', steps: [step], toConvert: [], groups: [{ value, counts: [1], rates: [1] }] },
    {
      kind: 'paths',
      field: 'path',
      direction: 'forward',
      sequences: 1,
      nodes: [{ step: 0, value, sequences: 1, ends: 0 }],
      links: [{ step: 0, from: { value }, to: { value }, sequences: 1 }],
    },
    { kind: 'sessions', total: sessions, groups: [{ value, ...sessions }] },
    { kind: 'people', people: [person], next: value },
    { kind: 'user', person, events: [event], next: value },
    {
      kind: 'live',
      now: 1,
      minutes: [],
      pages: [{ value, events: 1, users: 1 }],
      referrers: [],
      countries: [],
    },
    { kind: 'summary', total: { events: 1, measures: { [`avg(properties.${value})`]: 1 } } },
  ];
  for (const data of answers) {
    const text = lines(data).join('');
    assert.ok(text.includes('\ufffd[2J'), data.kind);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
    assert.doesNotMatch(text, /[\u0000-\u001f]/, data.kind);
  }
});

test('retention shows as many periods as fit, and says how many do not', () => {
  const periods = Array.from({ length: 12 }, (_, i) => ({
    from: new Date(Date.UTC(2026, 0, 1 + i)).toISOString(),
    to: new Date(Date.UTC(2026, 0, 2 + i)).toISOString(),
    complete: i < 11,
  }));
  const cohorts = periods.map((_, i) => ({ people: 4 - (i % 2) * 4, returned: Array(11 - i).fill(1) }));
  const text = lines({ kind: 'retention', period: 'day', timeZone: 'UTC', periods, cohorts });
  assert.equal(text[0], 'day         people      +1      +2      +3      +4');
  assert.equal(text[2], '2026-01-01       4     25%     25%     25%     25%');
  assert.match(text[9]!, /2026-01-08 +0 +\*$/);
  assert.deepEqual(text.slice(-2), [
    '* not the whole of it, or not over yet',
    '7 more periods; --json shows them',
  ]);
});

test('a comparison stands below, with the range that it is of', () => {
  const compare = {
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-05T00:00:00.000Z',
    data: { kind: 'summary', total: { events: 7 } },
  } as const;
  const text = lines({ kind: 'summary', total: { events: 9 }, compare });
  assert.deepEqual(text.slice(-5), [
    'compared with 2026-01-01 00:00 until 2026-01-05 00:00',
    '',
    'events',
    '------',
    '     7',
  ]);
});
