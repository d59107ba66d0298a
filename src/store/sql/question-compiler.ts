/**
 * A question and its sources as one SELECT, so that one budget covers all of it. The statement is a UNION ALL of arms, one
 * for each metric and scope (the whole, or the groups); an arm adds up parts, one for each source that its cover names.
 * A dialect overrides what it says differently. answer.ts reads the rows.
 */

import type { EventRow } from '../../event/event-row.ts';
import { type Field, fields } from '../../plan/field.ts';
import { type Grouping, groupingOf } from '../../plan/group.ts';
import type { Scope as Asked, FieldName, Plan } from '../../plan/plan.ts';
import type { Question } from '../store.ts';
import { filterFields, type Sources, usesRollups } from './choose-source.ts';
import { columnName } from './column-name.ts';
import { type Cover, type Range, type Tier, tierMs } from './cover.ts';
import { FilterCompiler } from './filter-compiler.ts';

export interface CompiledQuestion {
  readonly sql: string;
  /** For `explain`: 'rollup', 'rows' or 'rollup+rows'. */
  readonly source: string;
  /** Whether distinct persons come from sketches. */
  readonly sketched: boolean;
}

/** Where `all` and `other` stand among the places of groups, which count from 1. */
export const places = { all: -1, other: 0 } as const;
/** The arms by name, as the first column of the answer says them. */
export type ArmName = 'top' | 'events' | 'users' | 'amounts';
/** What a part computes; `events` and `users` share a part when both read the same raw rows. */
type Metrics = 'events' | 'users' | 'both' | 'amounts';
type Scope = 'all' | 'groups';

/** A SELECT over one source, before its groups are numbered. */
interface Part {
  readonly from: string;
  readonly where: readonly string[];
  /** Epoch ms of the row, as an SQL expression. */
  readonly time: string;
  readonly aggregates: readonly string[];
}

interface Aggregate {
  readonly name: string;
  /** Over raw rows, final. */
  readonly rows: string;
  /** Over raw rows, to be merged with others. */
  readonly partial: string;
  /** Over rows of the rollup, final and to be merged. */
  readonly rollup: string;
  readonly rollupPartial: string;
  /** Over partial ones. */
  readonly merge: string;
}

export abstract class QuestionCompiler extends FilterCompiler {
  abstract distinctPersons: Aggregate;
  /** The edge at or before the epoch millisecond `time`; `name` is what `constants` made of the edges. */
  abstract bucketOf(time: string, edges: readonly number[]): string;
  /** Constants that the statement begins with: the edges and, with `by`, the first groups in their order. */
  abstract head(edges: readonly number[], top: string | undefined): string;
  /** The place of a group's key among the first ones, from 1; 0 when it is not there. */
  abstract placeOf(key: string): string;
  /** A SELECT that gives the first groups: (place, key) by rows. */
  abstract topRows(): string;
  /** An array of the keys that a SELECT with the one column `key` gives, in its order. */
  abstract collect(select: string): string;
  /** The keys of several fields as one text that `unpackedKeys` of answer.ts reads. */
  abstract packedKeys(keys: readonly string[]): string;
  /** A property as a group key: its type, a colon, JavaScript's text of it; 'null:null' when it is absent. */
  abstract propertyKey(path: string): string;
  /** Epoch ms of a raw row, and of a rollup row. */
  abstract readonly rowTime: string;
  abstract readonly rollupTime: string;
  /** A condition: the column's time is in one of the ranges. */
  abstract inRanges(column: 'timestamp' | 'start', ranges: readonly Range[]): string;
  /** The columns of an arm, cast to the types that all arms share. */
  abstract outputs(values: {
    readonly arm: ArmName;
    readonly place: string;
    readonly bucket: string;
    readonly text: string;
    readonly events: string;
    readonly users: string;
    readonly amounts: readonly [count: string, sum: string, min: string, max: string] | undefined;
  }): string;

  compile(question: Question, sources: Sources): CompiledQuestion {
    const { plan, edges } = question;
    const grouping = groupingOf(plan);
    const arms = [
      ...(grouping === undefined ? [] : [this.topRows()]),
      ...(grouping === undefined ? (['all'] as const) : (['all', 'groups'] as const)).flatMap((scope) =>
        this.#arms(question, sources, scope),
      ),
    ];
    const top = grouping === undefined ? undefined : this.#top(plan, grouping, sources.events);
    const covers = [sources.events, sources.users, sources.amounts].filter((cover) => cover !== undefined);
    const rollup = covers.some(usesRollups);
    const rows = covers.some((cover) => cover.raw.length > 0);
    return {
      sql: `${this.head(edges, top)}${arms.join('\nUNION ALL\n')}`,
      source: rollup && rows ? 'rollup+rows' : rollup ? 'rollup' : 'rows',
      sketched: sources.users !== undefined && usesRollups(sources.users),
    };
  }

  #arms(question: Question, { events, users, amounts }: Sources, scope: Scope): readonly string[] {
    const shared = users !== undefined && !usesRollups(users) && !usesRollups(events);
    return [
      this.#arm(question, events, shared ? 'both' : 'events', scope),
      ...(users === undefined || shared ? [] : [this.#arm(question, users, 'users', scope)]),
      ...(amounts === undefined ? [] : [this.#arm(question, amounts, 'amounts', scope)]),
    ];
  }

  #arm({ plan, edges }: Question, cover: Cover, metrics: Metrics, scope: Scope): string {
    const grouping = scope === 'all' ? undefined : groupingOf(plan);
    const place = grouping === undefined ? String(places.all) : this.placeOf(this.groupKey(grouping));
    const dimensions = [
      ['bucket', ''],
      ['place', place],
      ...(metrics === 'amounts' ? [['currency', 'currency']] : []),
    ] as const;
    const parts = this.#parts(plan, cover, metrics, scope);
    const names = this.#aggregates(metrics).map(({ name }) => name);
    const selects = parts.map((part) => {
      const values = dimensions.map(([name, value]) => [
        name,
        name === 'bucket' ? this.bucketOf(part.time, edges) : value,
      ]);
      return select(
        [...values.map(([name, value]) => aliased(value!, name!)), ...part.aggregates],
        part.from,
        part.where,
        dimensions.map(([name]) => name!),
      );
    });
    const merged =
      selects.length === 1
        ? selects[0]!
        : select(
            [
              ...dimensions.map(([name]) => name!),
              ...this.#aggregates(metrics).map(({ merge, name }) => aliased(merge, name)),
            ],
            `(\n${indent(selects.join('\nUNION ALL\n'))}\n)`,
            [],
            dimensions.map(([name]) => name!),
          );
    const has = (name: string): string => (names.includes(name) ? name : '0');
    return `SELECT ${this.outputs({
      arm: metrics === 'both' ? 'events' : metrics,
      place: 'place',
      bucket: 'bucket',
      text: metrics === 'amounts' ? 'currency' : "''",
      events: has('events'),
      users: has('users'),
      amounts: metrics === 'amounts' ? ['amount_count', 'amount_sum', 'amount_min', 'amount_max'] : undefined,
    })}\nFROM (\n${indent(merged)}\n)${metrics === 'amounts' ? '\nWHERE amount_count > 0' : ''}`;
  }

  /** One part for each source: the tiers of the rollup from the largest on, then raw rows. */
  #parts(plan: Plan, cover: Cover, metrics: Metrics, scope: Scope): readonly Part[] {
    const tiers = (Object.keys(tierMs) as Tier[]).filter((tier) => cover.tiers[tier].length > 0);
    const isFinal = tiers.length + (cover.raw.length > 0 ? 1 : 0) === 1;
    const aggregates = this.#aggregates(metrics);
    const common = this.conditions(plan);
    const parts: Part[] = tiers.map((tier) => ({
      from: metrics === 'users' ? 'rollup_users' : 'rollup_counts',
      where: [
        ...(metrics === 'users' ? [`tier = ${tierMs[tier] / 1000}`, this.#typeOfSketches(plan, scope)] : []),
        ...common,
        this.inRanges('start', cover.tiers[tier]),
      ],
      time: this.rollupTime,
      aggregates: aggregates.map((one) => aliased(isFinal ? one.rollup : one.rollupPartial, one.name)),
    }));
    if (cover.raw.length === 0) return parts;
    return [
      ...parts,
      {
        from: 'events',
        where: [
          ...common,
          this.inRanges('timestamp', cover.raw),
          ...(metrics === 'users' ? ['user_key <> 0'] : []),
          ...(metrics === 'amounts' ? ['amount IS NOT NULL'] : []),
        ],
        time: this.rowTime,
        aggregates: aggregates.map((one) => aliased(isFinal ? one.rows : one.partial, one.name)),
      },
    ];
  }

  /** Which rows are asked for, but for their time. */
  conditions(plan: Asked): readonly string[] {
    return [
      `project = ${this.text(plan.project)}`,
      ...(plan.bots === 'exclude' ? ['NOT bot'] : plan.bots === 'only' ? ['bot'] : []),
      ...(plan.filter === undefined ? [] : [`(${this.filter(plan.filter)})`]),
    ];
  }

  /** Sketches are kept by type and, as type '', over all types: the latter unless types are told apart. */
  #typeOfSketches(plan: Plan, scope: Scope): string {
    const byType = scope === 'groups' && groupingOf(plan)?.fields.includes('type');
    const filtersType = plan.filter !== undefined && filterFields(plan.filter).has('type');
    return byType || filtersType ? "type <> ''" : "type = ''";
  }

  #aggregates(metrics: Metrics): readonly Aggregate[] {
    switch (metrics) {
      case 'events':
        return [counted];
      case 'users':
        return [this.distinctPersons];
      case 'both':
        return [counted, this.distinctPersons];
      case 'amounts':
        return amountAggregates;
      default:
        return metrics satisfies never;
    }
  }

  /** The keys of the first groups: most events over the whole range first, then by the bytes of text and type. */
  #top(plan: Plan, { fields: names, limit }: Grouping, cover: Cover): string {
    const keys = names.length === 1 ? ['key'] : names.map((_, i) => `key_${i + 1}`);
    const parts = this.#parts(plan, cover, 'events', 'groups').map((part) =>
      select(
        [...names.map((name, i) => aliased(this.fieldKey(name), keys[i]!)), ...part.aggregates],
        part.from,
        part.where,
        keys,
      ),
    );
    const order = names.flatMap((name, i) => [
      this.groupText(name, keys[i]!),
      this.groupType(name, keys[i]!),
    ]);
    const key = aliased(keys.length === 1 ? keys[0]! : this.packedKeys(keys), 'key');
    return this.collect(
      `SELECT ${key} FROM (\n${indent(parts.join('\nUNION ALL\n'))}\n) GROUP BY ${keys.join(', ')} ORDER BY ${['sum(events) DESC', ...order].join(', ')} LIMIT ${limit}`,
    );
  }

  groupKey({ fields: names }: Grouping): string {
    const keys = names.map((name) => this.fieldKey(name));
    return keys.length === 1 ? keys[0]! : this.packedKeys(keys);
  }

  /** Text columns are their own key ('' when absent); anything else gets its type's name before it. */
  fieldKey(name: FieldName): string {
    const field = rowField(name);
    if (field === undefined) return this.propertyKey(name.slice('properties.'.length));
    const column = columnName(field.name as keyof EventRow);
    return field.type === 'boolean'
      ? `CASE WHEN ${column} THEN 'boolean:true' ELSE 'boolean:false' END`
      : column;
  }

  /** What groups are ordered by: the text that JavaScript makes of the value, and the name of its type. */
  protected groupText(name: FieldName, key: string): string {
    return rowField(name)?.type === 'string'
      ? `CASE WHEN ${key} = '' THEN 'null' ELSE ${key} END`
      : this.afterColon(key);
  }

  protected groupType(name: FieldName, key: string): string {
    return rowField(name)?.type === 'string'
      ? `CASE WHEN ${key} = '' THEN 'null' ELSE 'string' END`
      : this.beforeColon(key);
  }

  abstract afterColon(expression: string): string;
  abstract beforeColon(expression: string): string;
}

export const rowField = (name: FieldName): Field | undefined => fields.get(name);

const counted: Aggregate = {
  name: 'events',
  rows: 'count(*)',
  partial: 'count(*)',
  rollup: 'sum(events)',
  rollupPartial: 'sum(events)',
  merge: 'sum(events)',
};

const amountAggregate = (name: string, rows: string, merge: string): Aggregate => ({
  name,
  rows,
  partial: rows,
  rollup: `${merge}(${name})`,
  rollupPartial: `${merge}(${name})`,
  merge: `${merge}(${name})`,
});
const amountAggregates: readonly Aggregate[] = [
  amountAggregate('amount_count', 'count(amount)', 'sum'),
  amountAggregate('amount_sum', 'sum(CAST(amount AS DECIMAL(38, 4)))', 'sum'),
  amountAggregate('amount_min', 'min(amount)', 'min'),
  amountAggregate('amount_max', 'max(amount)', 'max'),
];

const aliased = (expression: string, name: string): string =>
  expression === name ? name : `${expression} AS ${name}`;

/** By line feeds, which no literal holds; to `^` a U+2028 inside a literal begins a line too. */
const indent = (sql: string): string => `  ${sql.replaceAll('\n', '\n  ')}`;

function select(
  values: readonly string[],
  from: string,
  where: readonly string[],
  group: readonly string[],
): string {
  return [
    `SELECT ${values.join(', ')}`,
    `FROM ${from}`,
    ...(where.length === 0 ? [] : [`WHERE ${where.join(' AND ')}`]),
    `GROUP BY ${group.join(', ')}`,
  ].join('\n');
}
