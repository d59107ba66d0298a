/** What PostgreSQL reads in a way of its own: numbers, patterns, U+0000, orders of a language; each held to the evaluator. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { withClient } from '../../../scripts/services/postgres.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import type { Filter, Plan } from '../../../src/plan/plan.ts';
import { keyOrder } from '../../../src/store/postgres/group-keys.ts';
import { checkAgainstEvaluator, checkPlan } from '../../../src/testing/agreement.ts';
import { batchesOf, eventRow } from '../../../src/testing/rows.ts';
import { openDatabase, type TestDatabase } from '../../support/postgres.ts';
import { type OpenStore, openStoreAt } from './open-store.ts';

/** Orders 'a' before 'B', and takes some characters for nothing. */
const english = `LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0`;

const texts = [
  '',
  '-',
  '-a',
  'a-f',
  'f',
  '+,-.',
  'aab',
  'aaab',
  'x',
  'xyx',
  'é',
  '😀',
  'a\nb',
  'A',
  'B',
  'a',
  'b',
  ' ',
].concat([
  '.',
  '1',
  '12',
  '\u0001',
  '\u0001b',
  '%',
  '_',
  '\\',
  '\\x2d',
  '\u00adsoft',
  'co-op',
  'coop',
  '[]',
  '～',
]);
const patterns = [
  '-a',
  '-',
  'a-f',
  '[-a]x',
  '[a-f]',
  '[^-]',
  '[+--]',
  'a{2,3}b',
  '(?:x|y)+$',
  '^$',
  '',
  '\\d+',
  '^[^a]',
].concat([
  '\\.',
  'é',
  '[😀-😂]',
  '\\s',
  'x|',
  '\\n',
  '\\\\',
  '\\\\x2d',
  '^-a',
  '\\-1',
  '[a-]',
  '.',
  '^.$',
  'co-?op',
  '～',
]);
const bounds = [...texts, '\0', 'a\0', 'a\0b', '\0b'];

describe('PostgreSQL in a database of English order', () => {
  let database: TestDatabase;
  let opened: OpenStore;
  const rows = texts.map((text, offset) =>
    eventRow({
      project: 'odd',
      offset,
      type: `t${text}`,
      path: text,
      properties: { text, [`k${text}`]: offset },
    }),
  );
  const people = Array.from({ length: 300 }, (_, offset) =>
    eventRow({
      project: 'people',
      partition: 2,
      offset,
      type: offset % 7 === 0 ? 'buy' : 'look',
      // spread over all 64 bits; now and then nobody
      personKey: offset % 11 === 0 ? 0n : BigInt.asUintN(64, BigInt(offset % 90) * 0x9e3779b97f4a7c15n),
    }),
  );
  // sums that an average divides to the smallest number, to less than that, and to more
  const tiny = [
    [-6, 7],
    [1, 1, 2],
    [-1, -2],
  ].map((numbers, i) =>
    numbers.map((n, k) =>
      eventRow({ project: `tiny-${i}`, partition: 3, offset: 10 * i + k, properties: { n: n * 5e-324 } }),
    ),
  );
  before(async () => {
    database = await openDatabase(english);
    opened = await openStoreAt(database.url, { extensions: false });
    for (const batch of [...batchesOf(0, rows), ...batchesOf(2, people), ...batchesOf(3, tiny.flat())])
      await opened.store.insert(batch);
  });
  after(async () => {
    await opened.close();
    await database.close();
  });

  test('finds patterns as the evaluator does', async () => {
    for (const value of patterns) await agreesOn({ op: 'matches', value });
  });

  test('compares text by bytes, also with texts that it cannot hold', async () => {
    for (const value of bounds) {
      for (const op of ['eq', 'contains', 'startsWith', 'gt', 'gte', 'lt', 'lte'] as const)
        await agreesOn({ op, value });
    }
    await agreesOn({ op: 'in', value: bounds });
  });

  test('knows no property whose name it cannot hold', async () => {
    const field = 'properties.a\0b';
    await agrees({ filter: { field, op: 'exists' } });
    await agrees({ filter: { not: { field, op: 'eq', value: 'x' } } });
    await agrees({ by: { field, limit: 3 } });
  });

  test('puts groups in the order of bytes', async () => {
    for (const field of ['path', 'type', 'properties.text'])
      for (const limit of [1, 5, 20, 1_000]) await agrees({ by: { field, limit } });
  });

  test('takes samples of persons, whose keys it keeps as signed integers, and of the events of nobody', async () => {
    for (const sample of [0.0001, 0.1, 0.5, 0.9999])
      for (const metrics of [['events'], ['users'], ['events', 'users']])
        await agrees({ sample, metrics }, people);
  });

  test('knows who is in a cohort', async () => {
    const cohort = {
      project: 'people',
      bots: 'include',
      filter: { field: 'type', op: 'eq', value: 'buy' },
      from: people[0]!.timestamp,
      to: people[0]!.timestamp + 1,
    } as const;
    for (const atLeast of [1, 2, 3]) {
      const filter: Filter = { cohort: { ...cohort, atLeast } };
      const by = { field: 'type', limit: 1 };
      for (const given of [{ filter }, { filter: { not: filter } }, { filter, by }])
        await agrees({ metrics: ['events', 'users'], ...given }, people);
    }
  });

  test('averages the smallest numbers that there are', async () => {
    for (const some of tiny) await agrees({ measures: [{ agg: 'avg', of: 'properties.n' }] }, some);
  });

  test('agrees with the evaluator on generated questions', async () => {
    await checkAgainstEvaluator(opened.store, {
      worlds: 4,
      plansPerWorld: 25,
      partition: 1,
      whole: true,
      links: false,
    });
  });

  test('writes numbers as JavaScript does', async () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    const numbers = [
      ...fc.sample(any, 2_000),
      ...fc.sample(fc.double({ min: -1e-5, max: 1e-5, noNaN: true }), 1_000),
      ...fc.sample(fc.double({ min: 1e19, max: 1e24, noNaN: true }), 1_000),
      ...[0, 1e21, -1e21, 1e-6, 1e-7, -1.5e-7, 1e23, 5e-324, 1.7976931348623157e308, 123456789012345680000],
    ].map((value) => (value === 0 ? 0 : value));
    const [text] = keyOrder('properties.n', 'key');
    const written = await withClient(database.url, (client) =>
      client.query<[string, number]>({
        text: `SELECT ${text}, key::float8 FROM unnest($1::jsonb[]) WITH ORDINALITY AS one (key, nth) ORDER BY nth`,
        values: [numbers.map((value) => JSON.stringify(value))],
        rowMode: 'array',
      }),
    );
    assert.deepEqual(
      written.rows,
      numbers.map((value) => [String(value), value]),
    );
  });

  type Comparison = { readonly op: string; readonly value: string | readonly string[] };
  async function agreesOn(comparison: Comparison): Promise<void> {
    for (const field of ['path', 'properties.text'])
      await agrees({ filter: { field, ...comparison } as Filter });
  }

  const agrees = (given: object, about: readonly EventRow[] = rows): Promise<void> =>
    checkPlan(
      opened.store,
      {
        version: 1,
        kind: 'summary',
        project: about[0]!.project,
        from: rows[0]!.timestamp - 1,
        to: rows[0]!.timestamp + 1,
        timeZone: 'UTC',
        bots: 'include',
        metrics: ['events'],
        exact: true,
        ...given,
      } as Plan,
      about,
    );
});
