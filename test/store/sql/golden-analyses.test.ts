/**
 * The SQL of questions about people and of those that others are made of, whole, in test/golden/analyses: as golden-sql.test.ts.
 * `node test/store/sql/golden-analyses.test.ts --write` writes the files anew.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { dialects, statementsOf } from './analysis-statements.ts';

const directory = new URL('../../golden/analyses/', import.meta.url);
const statements = Object.entries(statementsOf("o'neil"));

for (const [name, byDialect] of statements) {
  for (const dialect of dialects) {
    const { sql, values } = byDialect[dialect];
    const text = [sql, ...values.map((value, i) => `-- $${i + 1} ${JSON.stringify(value)}`), ''].join('\n');
    const file = new URL(`${name}.${dialect}.sql`, directory);
    if (process.argv.includes('--write')) writeFileSync(file, text);
    test(`the SQL of ${name} for ${dialect} is that of its golden file`, () => {
      assert.equal(text, readFileSync(file, 'utf8'));
    });
  }
}

test('every golden file is of a statement and a dialect', () => {
  const named = statements.flatMap(([name]) => dialects.map((dialect) => `${name}.${dialect}.sql`));
  assert.deepEqual(readdirSync(directory).sort(), named.sort());
});
