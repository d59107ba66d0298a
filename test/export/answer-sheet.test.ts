import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerSheet } from '../../src/export/answer-sheet.ts';
import { writeSheet } from '../../src/export/write-sheet.ts';
import type { AnswerData } from '../../src/query/wire.ts';

async function csvOf(data: AnswerData, field?: string): Promise<string[]> {
  const parts: Buffer[] = [];
  for await (const part of writeSheet(answerSheet(data, field), 'csv')) parts.push(part);
  return Buffer.concat(parts).toString().trimEnd().split('\r\n');
}

const money = { count: 1, sum: '-5', avg: '-5', min: '-5', max: '-5' };

test('a summary is a row for the whole and one for each group', async () => {
  const lines = await csvOf(
    {
      kind: 'summary',
      total: { events: 9, users: 4, amount: [{ currency: 'EUR', ...money }] },
      groups: [
        { value: '=x', events: 5, users: 2, amount: [] },
        { value: null, events: 3, users: 2, amount: [{ currency: null, ...money }] },
        { value: null, other: true, events: 1, users: 1, amount: [] },
      ],
    },
    'country',
  );
  assert.deepEqual(lines, [
    'row,country,events,users,EUR.count,EUR.sum,EUR.avg,EUR.min,EUR.max,none.count,none.sum,none.avg,none.min,none.max',
    'all,,9,4,1,-5,-5,-5,-5,,,,,',
    "group,'=x,5,2,,,,,,,,,,",
    'group,,3,2,,,,,,1,-5,-5,-5,-5',
    'other,,1,1,,,,,,,,,,',
  ]);
});

test('a trend is a row for each bucket of each series', async () => {
  const bucket = (hour: number) => ({
    from: `2026-01-01T0${hour}:00:00.000Z`,
    to: `2026-01-01T0${hour + 1}:00:00.000Z`,
    complete: hour === 0,
  });
  const lines = await csvOf({
    kind: 'trend',
    interval: 'hour',
    timeZone: 'UTC',
    buckets: [bucket(0), bucket(1)],
    total: { events: [1, 2] },
    groups: [{ value: 1, events: [1, 0] }],
  });
  assert.deepEqual(lines, [
    'from,to,complete,row,group,events',
    '2026-01-01T00:00:00.000Z,2026-01-01T01:00:00.000Z,true,all,,1',
    '2026-01-01T01:00:00.000Z,2026-01-01T02:00:00.000Z,false,all,,2',
    '2026-01-01T00:00:00.000Z,2026-01-01T01:00:00.000Z,true,group,1,1',
    '2026-01-01T01:00:00.000Z,2026-01-01T02:00:00.000Z,false,group,1,0',
  ]);
});

test('a breakdown has a column for each field', async () => {
  const lines = await csvOf({
    kind: 'breakdown',
    by: ['country', 'bot'],
    total: { events: 3 },
    groups: [
      { values: ['DE', false], events: 2 },
      { values: [null, null], other: true, events: 1 },
    ],
  });
  assert.deepEqual(lines, ['row,country,bot,events', 'all,,,3', 'group,DE,false,2', 'other,,,1']);
});

test('an answer without events has its header', async () => {
  const lines = await csvOf({ kind: 'events', events: [] });
  assert.match(lines[0]!, /^eventId,type,timestamp,/);
  assert.equal(lines.length, 1);
});
