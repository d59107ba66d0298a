/** PostgreSQL reads the patterns of filters as JavaScript does, whatever the database's order of text is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withClient } from '../../../scripts/services/postgres.ts';
import { PatternInvalid, parsePattern, patternText } from '../../../src/plan/pattern.ts';
import { PatternMatcher } from '../../../src/plan/pattern-match.ts';
import { PostgresCompiler } from '../../../src/store/postgres/postgres-compiler.ts';
import { openDatabase } from '../../support/postgres.ts';

const casesMax = 600;

const char = fc.constantFrom(
  ...[
    'a',
    'b',
    'B',
    'z',
    '0',
    '9',
    '_',
    '-',
    ' ',
    '\n',
    '\t',
    'é',
    'ß',
    'İ',
    '～',
    '😀',
    '😁',
    '\u2028',
    '\u0085',
  ],
  ...[
    '\u0001',
    '\u00a0',
    '\v',
    '.',
    '*',
    '+',
    '?',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '|',
    '^',
    '$',
    '\\',
    '/',
    ':',
    '=',
  ],
);
const special = new Set('.*+?()[]{}|^$\\/');
const literal = char.map((one) => (special.has(one) ? `\\${one}` : one));
const escapes = fc.constantFrom('\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\n', '\\t', '\\r', '.');
const inClass = fc.oneof(
  { weight: 4, arbitrary: char.map((one) => (/[\]\\[^-]/.test(one) ? `\\${one}` : one)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'a-f',
      '0-9',
      '!-~',
      '\\d',
      '\\w',
      '\\s',
      'é-～',
      '😀-😂',
      '+-\\-',
      ' -/',
      ':-@',
    ),
  },
);
const classes = fc
  .tuple(fc.boolean(), fc.array(inClass, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '-'))
  .map(([negated, items, dash]) => `[${negated ? '^' : ''}${items.join('')}${dash}]`);
const bound = fc.constantFrom('', '', '', '*', '+', '?', '{0}', '{2}', '{0,2}', '{1,}', '{3,7}');
const { pattern } = fc.letrec<{ pattern: string; piece: string; atom: string; group: string }>((tie) => ({
  group: tie('pattern').map((inner) => `(${inner})`),
  atom: fc.oneof({ maxDepth: 3, depthSize: 'small' }, literal, literal, escapes, classes, tie('group')),
  piece: fc.oneof(
    { weight: 8, arbitrary: fc.tuple(tie('atom'), bound).map(([atom, times]) => atom + times) },
    { weight: 1, arbitrary: fc.constantFrom('^', '$') },
  ),
  pattern: fc
    .array(
      fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((branches) => branches.join('|')),
}));
const text = fc.array(char, { maxLength: 8 }).map((chars) => chars.join(''));

/** Undefined: the pattern is refused. */
function emittedOf(one: string): string | undefined {
  try {
    return patternText(parsePattern(one));
  } catch (error) {
    if (error instanceof PatternInvalid) return undefined;
    throw error;
  }
}

/** As a filter writes it for PostgreSQL. */
function readBy(emitted: string): string {
  const compiler = new PostgresCompiler({ users: 'list', pieces: 'partitions' });
  assert.equal(compiler.matches('given', emitted), 'given ~ $1::text');
  return compiler.parameters.values[0] as string;
}

for (const [order, options] of [
  ['the default order', ''],
  ['English order', `LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0`],
] as const)
  test(`patterns are read as JavaScript reads them, in ${order}`, async () => {
    const cases = fc
      .sample(fc.tuple(pattern, text), { numRuns: casesMax, seed: 6 })
      .flatMap(([one, given]) => {
        const emitted = emittedOf(one);
        return emitted === undefined ? [] : [{ one, given, emitted }];
      });
    assert.ok(cases.length > casesMax / 2, `${cases.length} of ${casesMax} are patterns`);
    const database = await openDatabase(options);
    try {
      const sql = `SELECT given COLLATE "C" ~ pattern AS plain, given ~ pattern AS ordered
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS one (given, pattern, nth) ORDER BY nth`;
      const { rows } = await withClient(database.url, (client) =>
        client.query<{ plain: boolean; ordered: boolean }>(sql, [
          cases.map(({ given }) => given),
          cases.map(({ emitted }) => readBy(emitted)),
        ]),
      );
      let found = 0;
      for (const [i, { one, given, emitted }] of cases.entries()) {
        const wanted = new RegExp(emitted, 'u').test(given);
        const got = [rows[i]!.plain, rows[i]!.ordered, new PatternMatcher(one).test(given)];
        assert.deepEqual(got, [wanted, wanted, wanted], JSON.stringify({ one, given, emitted }));
        if (wanted) found++;
      }
      assert.ok(found > cases.length / 10 && found < (cases.length * 9) / 10, `${found} of ${cases.length}`);
    } finally {
      await database.close();
    }
  });
