/**
 * What a client sends is text wherever it stands in a statement: beside it as a bound value, or within one quoted literal. Told by a
 * reader of quotes that knows nothing of the compilers: without their literals, the statements about hostile texts are those about a tame one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialects, statementsOf } from './analysis-statements.ts';

const hostile = [
  "'",
  "''",
  "\\'",
  "\\\\'",
  '"',
  '`',
  '\\`',
  '\\',
  "' OR 1=1 --",
  "'); DROP TABLE events; --",
  '`; DROP TABLE events; --',
  '$1',
  '$$',
  '$tag$',
  "E'",
  '\\x27 OR 1=1',
  '/*',
  '*/',
  '--',
  ';',
  '{a:String}',
  '%s',
  '\n',
  '\t\r\n;',
  '\u2028',
  '\u00a0',
  '😀',
  "'||pg_sleep(1)||'",
  'a[]',
  ':`String`',
  '^a',
  "FORMAT JSON SETTINGS readonly = 0'",
];
/** Stands nowhere in what the compilers write. */
const tame = 'zqxjk';

/** Literals of ClickHouse: 'a\'b', 'a''b'; names: `a\`b`. */
const clickhouseQuoted = /'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`\\]|\\[\s\S])*`/g;
/** Literals of PostgreSQL: 'a''b', and E'a\'b'; names: "a""b". */
const postgresQuoted = / ?\bE'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/g;
const quoted = { clickhouse: clickhouseQuoted, postgres: postgresQuoted };

const tameStatements = statementsOf(tame);
const hostileStatements = hostile.map((text) => [text, statementsOf(text)] as const);

for (const dialect of dialects) {
  for (const name of Object.keys(tameStatements)) {
    test(`the ${dialect} of ${name} holds what a client sends as text alone`, () => {
      const expected = tameStatements[name]![dialect].sql.replaceAll(quoted[dialect], '?');
      assert.ok(!expected.includes(tame), 'the text stands within quotes, or beside the statement');
      for (const [text, statements] of hostileStatements) {
        const { sql, values } = statements[name]![dialect];
        assert.equal(sql.replaceAll(quoted[dialect], '?'), expected, JSON.stringify(text));
        assert.equal(values.length, tameStatements[name]![dialect].values.length, JSON.stringify(text));
        // a statement ends by no byte of a client
        assert.ok(!sql.includes('\0'));
      }
    });
  }
}
