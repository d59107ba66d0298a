/** The statements of every kind of question in both dialects, with one text wherever a client may put text. */
import type { Filter, Plan, Scope } from '../../../src/plan/plan.ts';
import type { PeopleQuestion, RetentionQuestion, SessionsQuestion } from '../../../src/store/analyses.ts';
import { ClickHouseCompiler } from '../../../src/store/clickhouse/clickhouse-compiler.ts';
import { experimentSelect } from '../../../src/store/clickhouse/experiment-sql.ts';
import { peopleSelect } from '../../../src/store/clickhouse/people-sql.ts';
import { retentionSelect } from '../../../src/store/clickhouse/retention-sql.ts';
import { rollups } from '../../../src/store/clickhouse/rollups.ts';
import { SequenceSql } from '../../../src/store/clickhouse/sequence-sql.ts';
import { sessionsSelect } from '../../../src/store/clickhouse/sessions-sql.ts';
import type { ExperimentQuestion } from '../../../src/store/experiments.ts';
import { experimentSelect as experimentOfPostgres } from '../../../src/store/postgres/experiment-sql.ts';
import { Literals } from '../../../src/store/postgres/literals.ts';
import { peopleSelect as peopleOfPostgres } from '../../../src/store/postgres/people-sql.ts';
import { rollupsOf } from '../../../src/store/postgres/persons.ts';
import { PostgresCompiler } from '../../../src/store/postgres/postgres-compiler.ts';
import { retentionSelect as retentionOfPostgres } from '../../../src/store/postgres/retention-sql.ts';
import { sequenceSelect } from '../../../src/store/postgres/sequence-sql.ts';
import { sessionsSelect as sessionsOfPostgres } from '../../../src/store/postgres/sessions-sql.ts';
import type { SequenceQuestion } from '../../../src/store/sequences.ts';
import { chooseSource } from '../../../src/store/sql/choose-source.ts';
import { questionOf } from '../../../src/testing/generators.ts';

export const dialects = ['clickhouse', 'postgres'] as const;
/** A statement, and the values that go beside its text; of a dialect without them, or a COPY, there are none. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}
export type Statements = Readonly<Record<(typeof dialects)[number], Statement>>;

const dayMs = 86_400_000;
const from = Date.UTC(2025, 5, 16);
const features = { users: 'hll', pieces: 'partitions' } as const;
const typeIs = (value: string): Filter => ({ field: 'type', op: 'eq', value });

function cohortOf(text: string): Filter {
  const range = { from: from - 30 * dayMs, to: from + 4 * dayMs };
  return { cohort: { project: text, bots: 'exclude', filter: typeIs(text), atLeast: 2, ...range } };
}

/** Every operator with text, over a field and over a property that is named by it. */
const everyFilter = (text: string): Filter => ({
  and: [
    { field: 'country', op: 'in', value: [text, 'DE'] },
    { field: 'url', op: 'contains', value: text },
    { not: { field: 'path', op: 'startsWith', value: text } },
    { field: 'title', op: 'gte', value: text },
    { field: `properties.${text}`, op: 'eq', value: text },
    { field: `properties.${text}`, op: 'exists' },
    cohortOf(text),
  ],
});

/** By name; `text` stands in each of them. */
export function statementsOf(text: string): Readonly<Record<string, Statements>> {
  const scope: Scope = {
    version: 1,
    project: text,
    from,
    to: from + 4 * dayMs,
    timeZone: 'UTC',
    bots: 'exclude',
  };
  const filtered = { ...scope, filter: everyFilter(text) };
  const numbers = { ...filtered, metrics: ['events', 'users'], exact: false } as const;
  const tags = [typeIs('view'), typeIs(text)];
  const field = { name: `properties.${text}`, values: [text, 1, true, null] };
  const retention: Omit<RetentionQuestion, 'first'> = {
    scope,
    start: typeIs('signup'),
    return: typeIs(text),
    edges: Array.from({ length: 5 }, (_, i) => from + i * dayMs),
  };
  const asked: ExperimentQuestion = {
    scope: filtered,
    experiment: text,
    per: 'user',
    reach: true,
    money: false,
    includeMixed: false,
    exact: false,
    edges: [scope.from, scope.to],
  };
  return {
    funnel: sequence({ scope, tags, taggedOnly: true, per: 'user' }),
    'funnel-strict-filtered': sequence({ scope: filtered, tags, taggedOnly: false, per: 'user' }),
    'funnel-by-session': sequence({ scope, tags, taggedOnly: true, per: 'session' }),
    paths: paths({ scope, tags: [{ field: 'path', op: 'exists' }], taggedOnly: true, per: 'user', field }),
    retention: retentionIn({ ...retention, first: 'range' }),
    'retention-ever': retentionIn({ ...retention, first: 'ever' }),
    'retention-of-anything': retentionIn({ ...retention, start: typeIs(text), first: 'ever' }),
    sessions: sessions({ scope: filtered }),
    'sessions-by-entry': sessions({ scope, by: { dimension: 'entryPath', limit: 10 } }),
    'sessions-by-property': sessions({ scope, by: { dimension: `properties.${text}`, limit: 10 } }),
    users: people({ scope: filtered, order: 'lastSeen', limit: 51, after: { value: from, key: 7n } }),
    'users-of-a-cohort': people({ scope: { ...scope, filter: cohortOf(text) }, order: 'events', limit: 51 }),
    // a formula is arithmetic over the answers of its series, each of which is one of these
    'series-of-a-cohort': run({ ...numbers, kind: 'summary', filter: cohortOf(text) }),
    'series-of-a-measure': run({
      ...numbers,
      kind: 'summary',
      metrics: ['events', 'sessions'],
      measures: [
        { agg: 'p95', of: `properties.${text}` },
        { agg: 'distinct', of: `properties.${text}` },
        { agg: 'sum', of: 'amount', currency: text },
      ],
    }),
    breakdown: run({
      ...numbers,
      kind: 'breakdown',
      by: [{ field: `properties.${text}` }, { field: 'country' }],
      limit: 10,
    }),
    experiment: experiment({ ...asked, goals: [text, 'buy'] }, true),
    'experiment-of-money': experiment({ ...asked, scope, money: true, includeMixed: true }, true),
    'experiment-by-session': experiment({ ...asked, per: 'session', money: true }, false),
    'experiment-without-reach': experiment({ ...asked, scope, reach: false, edges: retention.edges }, true),
    trend: run({ ...numbers, kind: 'trend', interval: 'day', by: { field: `properties.${text}`, limit: 3 } }),
  };
}

const alone = (sql: string): Statement => ({ sql, values: [] });
const copying = (): PostgresCompiler => new PostgresCompiler(features, undefined, new Literals());

function bound(sqlOf: (compiler: PostgresCompiler) => string): Statement {
  const compiler = new PostgresCompiler(features);
  return { sql: sqlOf(compiler), values: compiler.parameters.values };
}

function sequence(question: SequenceQuestion): Statements {
  const sql = new SequenceSql(new ClickHouseCompiler(), question);
  const whole = { of: 1, remainder: 0 };
  const third = { of: 3, remainder: 2 };
  return question.per === 'user'
    ? {
        clickhouse: alone(sql.ofPersons(third)),
        postgres: alone(sequenceSelect(copying(), question, 'persons')),
      }
    : {
        clickhouse: alone(`${sql.ofNamedSessions(third)};\n${sql.ofUnnamedSessions(whole)}`),
        postgres: alone(
          `${sequenceSelect(copying(), question, 'named')};\n${sequenceSelect(copying(), question, 'unnamed')}`,
        ),
      };
}

function paths(question: SequenceQuestion): Statements {
  const sql = new SequenceSql(new ClickHouseCompiler(), question);
  const shape = { isBackward: true, anchor: 1, lengthMax: 6 };
  return {
    clickhouse: alone(sql.walks('user', shape, { of: 3, remainder: 2 })),
    postgres: alone(sequenceSelect(copying(), question, 'persons')),
  };
}

const retentionIn = (question: RetentionQuestion): Statements => ({
  clickhouse: alone(retentionSelect(new ClickHouseCompiler(), question)),
  postgres: alone(retentionOfPostgres(copying(), question)),
});

const sessions = (question: SessionsQuestion): Statements => ({
  clickhouse: alone(
    sessionsSelect(new ClickHouseCompiler(), question, {
      everyone: false,
      slices: question.by === undefined ? 2 : 1,
    }),
  ),
  postgres: bound((compiler) => sessionsOfPostgres(compiler, question)),
});

const people = (question: PeopleQuestion): Statements => ({
  clickhouse: alone(peopleSelect(new ClickHouseCompiler(), question)),
  postgres: bound((compiler) => peopleOfPostgres(compiler, question)),
});

const experiment = (question: ExperimentQuestion, named: boolean): Statements => ({
  clickhouse: alone(experimentSelect(new ClickHouseCompiler(), question, named)),
  postgres: bound((compiler) => experimentOfPostgres(compiler, question, named)),
});

function run(plan: Plan): Statements {
  const question = questionOf(plan);
  const { sql } = new ClickHouseCompiler().compile(question, chooseSource(question, rollups));
  const { sql: text, values } = new PostgresCompiler(features).compile(
    question,
    chooseSource(question, rollupsOf(features)),
  );
  return { clickhouse: alone(sql), postgres: { sql: text, values } };
}
