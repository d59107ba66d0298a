/**
 * What the endpoint must know about a statement before it runs: that it is one statement, which kind it is (that
 * decides its lane), and how ClickHouse settings are written into it, per statement and never by SET.
 */
import { stringLiteral } from '../sql/clickhouse-literal.ts';

/** `question` reads; `insert` brings its data in the body; `kill` stops another; `write` is everything else. */
export type StatementKind = 'question' | 'insert' | 'kill' | 'write';

export type Settings = Readonly<Record<string, string>>;

/** Strings, quoted names, comments and here-documents are skipped whole, so that a `;` outside them ends a statement. */
const tokens =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|(?:--|#!|# )[^\n]*|\/\*[\s\S]*?\*\/|‘[^’]*’|“[^”]*”|(?<![\w$])(\$\w*\$)[\s\S]*?\1|;/g;
const leading = /^(?:\s|(?:--|#!|# )[^\n]*\n|\/\*[\s\S]*?\*\/|\()*([a-z]+)/i;
const questions = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS']);
const insertWithData = /^\s*(INSERT\s[\s\S]*?)\s+FORMAT\s+([A-Za-z]+)\s*$/i;
const killById = /^\s*KILL\s+QUERY\s+WHERE\s+query_id\s*=\s*'((?:[^'\\]|\\[\s\S])*)'\s+ASYNC\s*$/i;

const killMutation = /^\s*KILL\s+MUTATION\s/i;

/** The text without a `;` at its end; undefined when it is more than one statement, or none. */
export function singleStatement(sql: string): string | undefined {
  for (const token of sql.matchAll(tokens)) {
    if (token[0] !== ';') continue;
    const rest = sql.slice(token.index + 1);
    return rest.trim() === '' ? nonEmpty(sql.slice(0, token.index)) : undefined;
  }
  return nonEmpty(sql);
}

function nonEmpty(sql: string): string | undefined {
  return leading.test(sql) ? sql : undefined;
}

export function statementKind(sql: string, hasData: boolean): StatementKind {
  const verb = leading.exec(sql)?.[1]?.toUpperCase() ?? '';
  // a mutation is nobody's request: to end it changes tables
  if (verb === 'KILL') return killMutation.test(sql) ? 'write' : 'kill';
  if (questions.has(verb)) return 'question';
  return verb === 'INSERT' && hasData ? 'insert' : 'write';
}

/** A question with its settings behind its FORMAT, where they may stand beside a SETTINGS clause of its own. */
export function questionText(sql: string, settings: Settings): string {
  return `${sql}\nSETTINGS ${assignments(settings)}`;
}

/** An INSERT whose data stand in a file; undefined when it does not end with `FORMAT name`. */
export function insertText(sql: string, dataPath: string, settings: Settings): string | undefined {
  const [, head, format] = insertWithData.exec(sql) ?? [];
  if (head === undefined) return undefined;
  return `${head} FROM INFILE ${stringLiteral(dataPath)} SETTINGS ${assignments(settings)} FORMAT ${format}`;
}

/** The id in `KILL QUERY WHERE query_id = '…' ASYNC`, the only kill of a query that is taken (SYNC hung for minutes). */
export function killedId(sql: string): string | undefined {
  return killById.exec(sql)?.[1]?.replace(/\\([\s\S])/g, '$1');
}

/** The engine gives queries ids of its own, so ours stands in `log_comment`. */
export function killText(id: string): string {
  return `KILL QUERY WHERE Settings['log_comment'] = ${stringLiteral(id)} ASYNC`;
}

function assignments(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${stringLiteral(value)}`)
    .join(', ');
}
