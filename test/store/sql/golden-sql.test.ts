/**
 * The SQL of typical questions, whole, in test/golden/sql: a change there is a change of every such question and is to be
 * read before it is taken. `node test/store/sql/golden-sql.test.ts --write` writes the files anew.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Plan } from '../../../src/plan/plan.ts';
import { ClickHouseCompiler } from '../../../src/store/clickhouse/clickhouse-compiler.ts';
import { rollups } from '../../../src/store/clickhouse/rollups.ts';
import { rollupsOf } from '../../../src/store/postgres/persons.ts';
import { PostgresCompiler } from '../../../src/store/postgres/postgres-compiler.ts';
import { chooseSource } from '../../../src/store/sql/choose-source.ts';
import type { Question } from '../../../src/store/store.ts';
import { questionOf } from '../../../src/testing/generators.ts';

const directory = new URL('../../golden/sql/', import.meta.url);
const hour = 3_600_000;
const noon = Date.UTC(2025, 2, 29, 12);
const common = {
  version: 1,
  project: "o'neil",
  from: noon,
  to: noon + 3 * 24 * hour,
  timeZone: 'Europe/Berlin',
  bots: 'exclude',
  metrics: ['events', 'users'],
  exact: false,
} as const;

const plans: Readonly<Record<string, Plan>> = {
  'summary-by-type': { ...common, kind: 'summary', by: { field: 'type', limit: 100 } },
  'summary-events-by-type': {
    ...common,
    kind: 'summary',
    from: noon + 1,
    by: { field: 'type', limit: 100, metrics: ['events'] },
  },
  'summary-exact': { ...common, kind: 'summary', exact: true },
  'summary-amounts': { ...common, kind: 'summary', metrics: ['events', 'amount'], from: noon + 1 },
  'trend-of-days': { ...common, kind: 'trend', interval: 'day' },
  'trend-by-country': {
    ...common,
    kind: 'trend',
    interval: 'day',
    bots: 'only',
    by: { field: 'country', limit: 2 },
  },
  'trend-by-property': {
    ...common,
    kind: 'trend',
    interval: 'week',
    bots: 'include',
    metrics: ['events'],
    by: { field: 'properties.cart.size', limit: 5 },
  },
  'filter-of-every-kind': {
    ...common,
    kind: 'summary',
    metrics: ['events'],
    filter: {
      and: [
        { field: 'type', op: 'in', value: ['click', "it's"] },
        {
          not: {
            or: [
              { field: 'path', op: 'startsWith', value: '/a' },
              { field: 'url', op: 'contains', value: '%' },
            ],
          },
        },
        { field: 'amount', op: 'gte', value: 12.5 },
        { field: 'receivedAt', op: 'lt', value: noon },
        { field: 'bot', op: 'eq', value: false },
        { field: 'city', op: 'exists' },
        { field: 'properties.plan', op: 'in', value: ['pro', 1.5, true] },
        { field: 'properties.a`b%', op: 'exists' },
      ],
    },
  },
};

/** By the name of the dialect. Of PostgreSQL with the extension hll, and the bound values below the statement. */
const dialects: Readonly<Record<string, (question: Question) => string>> = {
  clickhouse(question) {
    const dirty = [{ from: Date.UTC(2025, 2, 31), to: Date.UTC(2025, 3, 1) }];
    return new ClickHouseCompiler().compile(question, chooseSource(question, rollups, dirty)).sql;
  },
  postgres(question) {
    const features = { users: 'hll', pieces: 'partitions' } as const;
    const sources = chooseSource(question, rollupsOf(features));
    const { sql, values } = new PostgresCompiler(features).compile(question, sources);
    return [sql, ...values.map((value, i) => `-- $${i + 1} ${JSON.stringify(value)}`)].join('\n');
  },
};

for (const [dialect, compile] of Object.entries(dialects)) {
  for (const [name, plan] of Object.entries(plans)) {
    const sql = `${compile(questionOf(plan))}\n`;
    const file = new URL(`${name}.${dialect}.sql`, directory);
    if (process.argv.includes('--write')) writeFileSync(file, sql);
    test(`the SQL of ${name} for ${dialect} is that of its golden file`, () => {
      assert.equal(sql, readFileSync(file, 'utf8'));
    });
  }
}

test('every golden file is of a question and a dialect', () => {
  const named = Object.keys(plans).flatMap((plan) =>
    Object.keys(dialects).map((one) => `${plan}.${one}.sql`),
  );
  assert.deepEqual(readdirSync(directory).sort(), named.sort());
});
