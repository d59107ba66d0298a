/** What the command line prints, and how it reads what is typed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerText } from '../../src/cli/answer-text.ts';
import { UsageError } from '../../src/cli/context.ts';
import { parseFilters } from '../../src/cli/filter-text.ts';
import { parseRange } from '../../src/cli/range.ts';
import { grouped, printable, sparkline, table } from '../../src/cli/table.ts';
import type { AnswerMeta } from '../../src/query/wire.ts';

const day = 86_400_000;
const now = Date.parse('2026-03-30T12:00:00Z');

describe('tables', () => {
  it('are as wide as their cells', () => {
    assert.deepEqual(
      table(
        [{ title: 'country' }, { title: 'events', align: 'right' }],
        [
          ['DE', '1,000'],
          ['(absent)', '7'],
        ],
      ),
      ['country   events', '--------  ------', 'DE         1,000', '(absent)       7'],
    );
  });

  it('draw values as bars, the largest at the top', () => {
    assert.equal(sparkline([0, 1, 4, 8]), '▁▂▅█');
    assert.equal(sparkline([0, 0]), '▁▁');
    assert.equal(sparkline([]), '');
    assert.equal(
      sparkline(
        Array.from({ length: 200 }, () => 3),
        80,
      ).length,
      67,
    );
  });

  it('group digits without losing any', () => {
    assert.equal(grouped(1234567), '1,234,567');
    assert.equal(grouped('-99999999999999.1234'), '-99,999,999,999,999.1234');
    assert.equal(grouped(-12), '-12');
  });

  it('let no control character of a sender reach the terminal', () => {
    assert.equal(printable('a\u001b[2Jb\nc\u202e'), 'a\ufffd[2Jb\ufffdc\ufffd');
    assert.equal(printable('x'.repeat(100), 10), 'xxxxxxxxx…');
  });
});

describe('ranges', () => {
  it('are the last seven days when nothing is said', () => {
    assert.deepEqual(parseRange({ tz: 'UTC' }, now), {
      from: new Date(now - 7 * day).toISOString(),
      to: new Date(now).toISOString(),
    });
  });

  it('include the last day, also one of 23 hours', () => {
    assert.deepEqual(parseRange({ from: '2026-03-29', to: '2026-03-29', tz: 'Europe/Berlin' }, now), {
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T22:00:00.000Z',
    });
  });

  it('reach back as far as --last says', () => {
    assert.equal(parseRange({ last: '90m', tz: 'UTC' }, now).from, '2026-03-30T10:30:00.000Z');
    assert.equal(
      parseRange({ last: '2w', to: '2026-03-29', tz: 'UTC' }, now).from,
      '2026-03-16T00:00:00.000Z',
    );
  });

  it('say what is wrong with them', () => {
    const wrong = (options: object, message: RegExp) =>
      assert.throws(
        () => parseRange({ tz: 'UTC', ...options }, now),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    wrong({ last: 'week' }, /--last must be a duration such as/);
    wrong({ last: '1d', from: '2026-01-01' }, /exclude each other/);
    wrong({ from: '2026-02-30' }, /^--from must be a date/);
    wrong({ from: '2027-01-01' }, /must be earlier/);
    wrong({ from: '2026-01-01', tz: 'Mars/Base' }, /--tz must be an IANA time zone/);
  });
});

describe('filters', () => {
  it('compare fields', () => {
    assert.equal(parseFilters([]), undefined);
    assert.deepEqual(parseFilters(['country=DE']), { field: 'country', op: 'eq', value: 'DE' });
    assert.deepEqual(parseFilters(['country != DE']), { not: { field: 'country', op: 'eq', value: 'DE' } });
    assert.deepEqual(parseFilters(['path^=/blog', 'title~a=b']), {
      and: [
        { field: 'path', op: 'startsWith', value: '/blog' },
        { field: 'title', op: 'contains', value: 'a=b' },
      ],
    });
    assert.deepEqual(parseFilters(['userId?']), { field: 'userId', op: 'exists' });
    assert.deepEqual(parseFilters(['!userId?']), { not: { field: 'userId', op: 'exists' } });
  });

  it('read numbers and truth only where they can be meant', () => {
    const value = (text: string) => (parseFilters([text]) as { value: unknown }).value;
    assert.equal(value('amount>=10.5'), 10.5);
    assert.equal(value('properties.size=3'), 3);
    assert.equal(value('properties.size="3"'), '3');
    assert.equal(value('properties.paid=true'), true);
    assert.equal(value('bot=false'), false);
    assert.equal(value('userId=42'), '42');
  });

  it('may be given as the API takes them', () => {
    assert.deepEqual(parseFilters(['{"or":[{"field":"os","op":"exists"}]}']), {
      or: [{ field: 'os', op: 'exists' }],
    });
    assert.throws(() => parseFilters(['{"or":']), UsageError);
    assert.throws(() => parseFilters(['country']), /must look like country=DE/);
  });
});

describe('answers', () => {
  const meta: AnswerMeta = {
    approximate: false,
    error: 0,
    stale: false,
    asOf: '2026-03-30T12:00:00.000Z',
    cached: false,
    source: 'rows',
    rowsRead: 0,
    durationMs: 1,
  };
  const asked = {
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-03-03T00:00:00.000Z',
    timeZone: 'UTC',
    bots: 'exclude',
    columnsMax: 80,
  };

  it('show a summary with its money and groups', () => {
    const euros = { currency: 'EUR', count: 2, sum: '1234.5', avg: '617.25', min: '-1', max: '1235.5' };
    const data = {
      kind: 'summary',
      total: { events: 1500, users: 20, amount: [euros] },
      groups: [
        { value: 'DE', events: 1400, users: 19, amount: [euros] },
        { value: null, events: 99, users: 1, amount: [] },
        { value: null, other: true, events: 1, users: 1, amount: [] },
      ],
    } as const;
    assert.deepEqual(
      answerText(
        { data, meta: { ...meta, approximate: true, error: 0.008 } },
        { ...asked, by: { field: 'country' } },
      ),
      [
        '2026-03-01 00:00 until 2026-03-03 00:00 UTC, without bots',
        '',
        'events  users',
        '------  -----',
        ' 1,500     20',
        '',
        'currency  events      sum  average  smallest  largest',
        '--------  ------  -------  -------  --------  -------',
        'EUR            2  1,234.5   617.25        -1  1,235.5',
        '',
        'country   events  users  amount',
        '--------  ------  -----  -----------',
        'DE         1,400     19  1,234.5 EUR',
        '(absent)      99      1',
        '(other)        1      1',
        '',
        'users are approximate, with a standard error of 0.8 % (--exact counts them all)',
      ],
    );
  });

  it('show a trend as a sparkline and a table', () => {
    const data = {
      kind: 'trend',
      interval: 'day',
      timeZone: 'UTC',
      buckets: [
        { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z', complete: true },
        { from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z', complete: false },
      ],
      total: { events: [4, 8], users: [1, 2] },
    } as const;
    assert.deepEqual(answerText({ data, meta: { ...meta, stale: true } }, asked), [
      '2026-03-01 00:00 until 2026-03-03 00:00 UTC, without bots',
      '',
      'events  ▅█',
      'users   ▅█',
      '',
      'day           events  users',
      '------------  ------  -----',
      '2026-03-01         4      1',
      '2026-03-02 *       8      2',
      '',
      '* not the whole of it, or not over yet',
      '',
      'STALE: the store cannot be asked now; this is the answer as of 2026-03-30T12:00:00.000Z',
    ]);
  });

  it('show the groups of a trend as a line each', () => {
    const buckets = [0, 1].map((index) => ({
      from: new Date(Date.parse(asked.from) + index * day).toISOString(),
      to: new Date(Date.parse(asked.from) + (index + 1) * day).toISOString(),
      complete: true,
    }));
    const groups = [{ value: 'DE', events: [1, 0] }];
    const data = {
      kind: 'trend',
      interval: 'day',
      timeZone: 'UTC',
      buckets,
      total: { events: [1, 8] },
      groups,
    } as const;
    assert.deepEqual(answerText({ data, meta }, { ...asked, by: { field: 'country' } }).slice(2), [
      'country  events  events by day, 2026-03-01 to 2026-03-02',
      '-------  ------  ---------------------------------------',
      'DE            1  █▁',
      '(all)         9  ▂█',
    ]);
  });
});
