/**
 * A question and its sources as one SELECT, so that one budget covers all of it. The statement is a UNION ALL of arms, one
 * for each metric and scope (the whole, or the groups); an arm adds up parts, one for the rollup and one for raw rows as its
 * cover names them. The groups' events are the whole's too, so they are read once. A dialect overrides what it says
 * differently. answer.ts reads the rows.
 */

import { sessionGapMs } from '../../plan/analysis.ts';
import type { Field } from '../../plan/field.ts';
import { fields } from '../../plan/field.ts';
import { type Grouping, groupingOf } from '../../plan/group.ts';
import type { Scope as Asked, Cohort, FieldName, Measure, Plan } from '../../plan/plan.ts';
import { sampleSteps } from '../../plan/sample.ts';
import type { Question } from '../store.ts';
import { type Aggregate, amountAggregates, countedEvents } from './aggregates.ts';
import { filterFields, type Sources, usesRollups } from './choose-source.ts';
import { type Cover, type Range, rawCover, type Tier, tierMs } from './cover.ts';
import { FilterCompiler } from './filter-compiler.ts';
import { aliased, indent, select } from './select.ts';

export interface CompiledQuestion {
  readonly sql: string;
  /** What the statement's parameters stand for, in their order; none where a dialect writes literals. */
  readonly values: readonly unknown[];
  /** For `explain`: 'rollup', 'rows' or 'rollup+rows'. */
  readonly source: string;
  /** Whether distinct persons come from sketches. */
  readonly sketched: boolean;
}

/** Where `all` and `other` stand among the places of groups, which count from 1. */
export const places = { all: -1, other: 0 } as const;
/** The arms by name, as the first column of the answer says them. */
export type ArmName = 'top' | 'ranked' | 'events' | 'users' | 'amounts' | 'sessions' | 'measures';
/**
 * What a part computes; `events` and `users` share a part when both read the same raw rows. `sessions` and `measures` are
 * found in raw rows alone.
 */
export type Metrics = 'events' | 'users' | 'both' | 'amounts' | 'sessions' | 'measures';

/** Rows to aggregate, of one table. */
export interface Source {
  readonly from: string;
  readonly where: readonly string[];
  /** The row's bucket, as an SQL expression. */
  readonly bucket: string;
  /** The row's group: one expression for each field of the grouping. */
  readonly keys: readonly string[];
  /** The place of the row's group, where the rows know it. */
  readonly place?: string;
}

/** How a part's aggregates are to come out: over raw rows or a rollup's, final or to be merged with other parts'. */
export type Form = keyof Pick<Aggregate, 'rows' | 'partial' | 'rollup' | 'rollupPartial'>;
interface Part extends Source {
  readonly form: Form;
}

/** One SELECT: its named dimensions, which it groups by, and its aggregates. */
export interface PartSelect {
  readonly dimensions: readonly (readonly [name: string, expression: string])[];
  readonly aggregates: readonly Aggregate[];
  readonly form: Form;
  readonly from: string;
  readonly where: readonly string[];
}

/** The first groups: of the rows of all parts, by `keys`, in the order of the terms after `sum(events) DESC`. */
export interface FirstGroups {
  readonly parts: readonly string[];
  readonly keys: readonly string[];
  readonly order: readonly string[];
  readonly limit: number;
}

/** The columns of an arm, as SQL expressions. */
export interface Outputs {
  readonly arm: ArmName;
  readonly place: string;
  readonly bucket: string;
  readonly text: string;
  readonly events: string;
  readonly users: string;
  readonly amounts: readonly [count: string, sum: string, min: string, max: string] | undefined;
}

/** Fields of so few values that all of them may be put in order at once; ids, addresses and properties may have millions. */
const fewValued: ReadonlySet<FieldName> = new Set([
  ...['type', 'source', 'bot', 'host', 'path', 'referrerHost', 'channel', 'screen', 'language', 'appVersion'],
  ...['utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent', 'os', 'device', 'browser'],
  ...['country', 'region', 'city', 'productId', 'currency', 'experimentId', 'variantKey'],
]);

/** Conditions that whole sessions meet: on rows that name theirs, and on those of a person. */
export interface SomeSessions {
  readonly named: readonly string[];
  readonly cut: readonly string[];
}

export interface JointPersons {
  /** The persons of raw rows, to be merged. */
  readonly state: string;
  /** A SELECT of (bucket, place, events, users): groups, each with its state, as themselves and, at the place of all, as the whole without events. */
  readonly withWhole: (groups: string) => string;
}

export abstract class QuestionCompiler extends FilterCompiler {
  protected abstract readonly persons: Aggregate;
  /** The person of a raw row, as identity says; not for rows of nobody. */
  readonly person: string = 'user_key';
  /** What raw rows are read from: a table, or a SELECT as one. */
  get rowsTable(): string {
    return 'events';
  }
  /** What the persons of rollups are read from. */
  protected get usersTable(): string {
    return 'rollup_users';
  }
  protected readonly events: Aggregate = countedEvents;
  protected readonly amounts: readonly Aggregate[] = amountAggregates;
  /** The bucket of a row by its time, as `outputs` takes it. */
  protected abstract bucketOf(column: 'timestamp' | 'start', edges: readonly number[]): string;
  /** A condition: the column's time is in one of the ranges. */
  abstract inRanges(column: 'timestamp' | 'start', ranges: readonly Range[]): string;
  /** What the statement begins with: constants and, with a grouping, the first groups in their order. */
  protected abstract head(question: Question, top: string | undefined): string;
  /** The first groups as `head` takes them. */
  protected abstract firstGroups(groups: FirstGroups): string;
  /** A SELECT that gives the first groups by rows: (place, values). */
  protected abstract topRows(grouping: Grouping): string;
  /** The source beside the first groups, and the place of its row's group among them, from 1; 0 when it is not there. */
  protected abstract placed(source: Source): { readonly from: string; readonly place: string };
  /** A field as part of a group's key: never NULL. */
  protected abstract groupKey(name: FieldName): string;
  /** What groups are ordered by, out of a key: the text that JavaScript makes of the value, and the name of its type. */
  protected abstract keyOrder(name: FieldName, key: string): readonly [text: string, type: string];
  /** The columns of an arm, cast to the types that all arms share. */
  protected abstract outputs(values: Outputs): string;
  /** So many of `sampleSteps` persons, and of the events of nobody. */
  abstract inSample(steps: number): string;
  /** A number out of the rows, as text; '' when no row has such a value. */
  protected measured(_: Measure): string {
    throw new Error('this dialect computes no numbers of fields');
  }
  /** Such texts as one, with commas between. */
  protected joined(_: readonly string[]): string {
    throw new Error('this dialect computes no numbers of fields');
  }
  /** How many sessions, out of the columns of `sessionRows`. */
  protected readonly sessions: string = 'count(DISTINCT (session, owner, number))';
  /** The columns that tell sessions apart: of rows that name theirs, and of `owner`, a person, the one with this number. */
  protected namedSession(): readonly string[] {
    return ['session_id AS session', '0 AS owner', '0 AS number'];
  }
  protected cutSession(number: string): readonly string[] {
    return ["'' AS session", 'owner', aliased(number, 'number')];
  }
  /** Since the row before in the window `of_person`, in ms; any value or NULL on the first one. */
  protected sinceBefore(): string {
    throw new Error('this dialect derives no sessions');
  }
  /** How groups of raw rows tell their persons and those of the whole in one reading; undefined: each is read by itself. */
  protected get joint(): JointPersons | undefined {
    return undefined;
  }
  /** Which rows of the rollup are of this tier. */
  protected abstract ofTier(metrics: Metrics, tier: Tier): readonly string[];

  /** A SELECT as a table. */
  protected nested(sql: string): string {
    return `(\n${indent(sql)}\n)`;
  }

  /** A key of one or several fields as a label that `valuesOf` of answer.ts reads. */
  protected abstract labelOf(keys: readonly string[]): string;

  compile(question: Question, sources: Sources): CompiledQuestion {
    const { plan } = question;
    const grouping = groupingOf(plan);
    const ranked = grouping && this.#ranked(question, grouping, sources.events);
    const joint = grouping && this.#jointArm(question, sources, grouping);
    // the persons of the whole come with the groups
    const arms = this.#arms(question, joint === undefined ? sources : withoutUsers(sources), undefined);
    if (ranked !== undefined) arms.push(ranked);
    else if (grouping !== undefined) {
      const groups = joint === undefined ? sources : withoutUsers(sources);
      arms.push(this.topRows(grouping), ...this.#arms(question, groups, grouping, joint));
    }
    const top = grouping && ranked === undefined ? this.#top(question, grouping, sources.events) : undefined;
    const covers = [sources.events, sources.users, sources.amounts].filter((cover) => cover !== undefined);
    const rollup = covers.some(usesRollups);
    const rows =
      covers.some((cover) => cover.raw.length > 0) || plan.measures || plan.metrics.includes('sessions');
    return {
      sql: `${this.head(question, top)}${arms.join('\nUNION ALL\n')}`,
      values: [],
      source: rollup && rows ? 'rollup+rows' : rollup ? 'rollup' : 'rows',
      sketched: sources.users !== undefined && usesRollups(sources.users),
    };
  }

  /** Of the whole, or of the groups. */
  #arms(question: Question, sources: Sources, grouping: Grouping | undefined, joint?: string): string[] {
    const { metrics } = grouping ?? question.plan;
    const { events } = sources;
    const users = metrics.includes('users') ? sources.users : undefined;
    const amounts = metrics.includes('amount') ? sources.amounts : undefined;
    // of the whole beside groups they follow from the groups'
    const counts = grouping !== undefined || groupingOf(question.plan) === undefined;
    const shared = counts && users !== undefined && !usesRollups(users) && !usesRollups(events);
    return [
      ...(joint === undefined ? [] : [joint]),
      ...(counts && (joint === undefined || usesRollups(events))
        ? [this.#arm(question, events, shared ? 'both' : 'events', grouping)]
        : []),
      ...(users === undefined || shared ? [] : [this.#arm(question, users, 'users', grouping)]),
      ...(amounts === undefined ? [] : [this.#arm(question, amounts, 'amounts', grouping)]),
      ...(metrics.includes('sessions') ? [this.#rowsArm(question, 'sessions', grouping)] : []),
      ...(question.plan.measures ? [this.#rowsArm(question, 'measures', grouping)] : []),
    ];
  }

  /** Persons of groups and of the whole, where both are counted in raw rows; events of the groups too, unless a rollup has them. */
  #jointArm(question: Question, { events, users }: Sources, grouping: Grouping): string | undefined {
    const { joint } = this;
    if (joint === undefined || users === undefined || usesRollups(users)) return undefined;
    if (!grouping.metrics.includes('users')) return undefined;
    const isRolledUp = usesRollups(events);
    const source = this.#source(question, users.raw, isRolledUp ? 'users' : 'both', grouping);
    const { from, place } = this.placed(source);
    const groups = this.part({
      dimensions: [
        ['bucket', source.bucket],
        ['place', place],
      ],
      aggregates: [isRolledUp ? ofRows('events', '0') : this.events, ofRows('users', joint.state)],
      form: 'rows',
      from,
      where: source.where,
    });
    const outputs = {
      place: 'place',
      bucket: 'bucket',
      text: "''",
      events: 'events',
      users: 'users',
    } as const;
    const arm = isRolledUp ? 'users' : 'events';
    return `SELECT ${this.outputs({ ...outputs, arm, amounts: undefined })}\nFROM ${this.nested(joint.withWhole(groups))}`;
  }

  #rowsArm(question: Question, metrics: Metrics, grouping: Grouping | undefined): string {
    return this.#arm(question, rawCover(question.edges[0]!, question.edges.at(-1)!), metrics, grouping);
  }

  #arm(question: Question, cover: Cover, metrics: Metrics, grouping: Grouping | undefined): string {
    const aggregates = this.#aggregates(metrics, question.plan);
    const names = ['bucket', 'place', ...(metrics === 'amounts' ? ['currency'] : [])];
    const parts = this.#parts(question, cover, metrics, grouping).map((part) => {
      const { from, place } =
        grouping === undefined ? { from: part.from, place: String(places.all) } : this.placed(part);
      const values: Readonly<Record<string, string>> = { bucket: part.bucket, place, currency: 'currency' };
      const dimensions = names.map((name) => [name, values[name]!] as const);
      return this.part({ dimensions, aggregates, form: part.form, from, where: part.where });
    });
    const merged =
      parts.length === 1
        ? parts[0]!
        : select(
            [...names, ...aggregates.map(({ merge, name }) => aliased(merge, name))],
            this.nested(parts.join('\nUNION ALL\n')),
            [],
            names,
          );
    const has = (name: string): string => (aggregates.some((one) => one.name === name) ? name : '0');
    return `SELECT ${this.outputs({
      arm: metrics === 'both' ? 'events' : metrics,
      place: 'place',
      bucket: 'bucket',
      text:
        metrics === 'amounts' ? 'currency' : metrics === 'measures' ? this.joined(namesOf(aggregates)) : "''",
      events: has('events'),
      users: metrics === 'sessions' ? 'sessions' : has('users'),
      amounts: metrics === 'amounts' ? ['amount_count', 'amount_sum', 'amount_min', 'amount_max'] : undefined,
    })}\nFROM ${this.nested(merged)}${metrics === 'amounts' ? '\nWHERE amount_count > 0' : ''}`;
  }

  /**
   * Events by group in one reading, when nothing else is told of groups and there is one bucket: their places need not be
   * known before. Only where groups are few: all of them are put in order, not just the first.
   */
  #ranked(question: Question, grouping: Grouping, cover: Cover): string | undefined {
    const { limit, metrics } = grouping;
    const isFit =
      question.edges.length === 2 &&
      (usesRollups(cover) || grouping.fields.every((field) => fewValued.has(field))) &&
      question.plan.measures === undefined &&
      metrics.every((one) => one === 'events');
    if (!isFit) return undefined;
    const { parts, keys, order } = this.#counted(question, grouping, cover);
    const label = this.labelOf(keys);
    const within = `rank <= ${limit}`;
    const ranked = select(
      [
        aliased(label, 'label'),
        'sum(events) AS counted',
        `row_number() OVER (ORDER BY ${['sum(events) DESC', ...order].join(', ')}) AS rank`,
      ],
      this.nested(parts.join('\nUNION ALL\n')),
      [],
      keys,
    );
    const cut = select(
      [
        `CASE WHEN ${within} THEN rank ELSE ${places.other} END AS place`,
        `CASE WHEN ${within} THEN label ELSE '' END AS name`,
        'sum(counted) AS events',
      ],
      this.nested(ranked),
      [],
      ['place', 'name'],
    );
    const bucket = this.bucketOf('start', question.edges);
    const outputs = {
      arm: 'ranked',
      place: 'place',
      bucket,
      text: 'name',
      events: 'events',
      users: '0',
    } as const;
    return `SELECT ${this.outputs({ ...outputs, amounts: undefined })}\nFROM ${this.nested(cut)}`;
  }

  /** One part for each source: the rollup in all its tiers, then raw rows. */
  #parts(
    question: Question,
    cover: Cover,
    metrics: Metrics,
    grouping: Grouping | undefined,
  ): readonly Part[] {
    const isFinal = !usesRollups(cover) || cover.raw.length === 0;
    const parts: Part[] = [];
    if (usesRollups(cover)) {
      const form = isFinal ? 'rollup' : 'rollupPartial';
      parts.push({ ...this.#rollup(question, cover, metrics, grouping), form });
    }
    if (cover.raw.length > 0)
      parts.push({
        ...this.#source(question, cover.raw, metrics, grouping),
        form: isFinal ? 'rows' : 'partial',
      });
    return parts;
  }

  #rollup(
    { plan, edges }: Question,
    { tiers }: Cover,
    metrics: Metrics,
    grouping: Grouping | undefined,
  ): Source {
    const pieces = (Object.keys(tierMs) as Tier[])
      .filter((tier) => tiers[tier].length > 0)
      .map((tier) => [...this.ofTier(metrics, tier), this.inRanges('start', tiers[tier])].join(' AND '));
    return {
      from: metrics === 'users' ? this.usersTable : 'rollup_counts',
      where: [
        ...(metrics === 'users' ? [typesOfSketches(plan, grouping)] : []),
        ...this.conditions(plan),
        pieces.length === 1 ? pieces[0]! : `((${pieces.join(') OR (')}))`,
      ],
      bucket: this.bucketOf('start', edges),
      keys: this.#keys(grouping),
    };
  }

  #source(question: Question, raw: readonly Range[], metrics: Metrics, grouping: Grouping | undefined) {
    if (metrics === 'sessions') return this.sessionRows(question, grouping);
    return metrics === 'measures'
      ? this.rawRows(question, raw, metrics, grouping)
      : this.rows(question, raw, metrics, grouping);
  }

  /** The rows asked for, each with its session. */
  protected sessionRows({ plan, edges }: Question, grouping: Grouping | undefined): Source {
    const keys = this.#keys(grouping).map((key, i) => [`group_${i + 1}`, key] as const);
    const scope = { ...plan, from: edges[0]!, to: edges.at(-1)! };
    return {
      from: this.nested(this.withSessions(scope, [['bucket', this.bucketOf('timestamp', edges)], ...keys])),
      where: ['is_asked'],
      bucket: 'bucket',
      keys: keys.map(([name]) => name),
    };
  }

  /**
   * A SELECT of all rows of the range that have a session, whatever is filtered: the columns given, whether the filter asks for
   * it (`is_asked`), and its session: `session`, its name, or else `owner`, the person, and the `number` of theirs; or as the dialect says.
   */
  protected withSessions(
    scope: Pick<Asked, 'project' | 'bots' | 'filter' | 'sample' | 'from' | 'to'>,
    given: readonly (readonly [name: string, value: string])[],
    only: SomeSessions = { named: [], cut: [] },
  ): string {
    const { filter: _, sample: __, ...whole } = scope;
    const where = [...this.conditions(whole), this.inRanges('timestamp', [scope])];
    const asked = this.asked(scope);
    const columns = [...given, ['is_asked', asked.length === 0 ? 'true' : asked.join(' AND ')] as const];
    const named = columns.map(([name, value]) => aliased(value, name));
    const names = columns.map(([name]) => name);
    const byName = select(
      [...named, ...this.namedSession()],
      this.rowsTable,
      [...where, "session_id <> ''", ...only.named],
      [],
    );
    const begins = `CASE WHEN ${this.sinceBefore()} > ${sessionGapMs} THEN 1 ELSE 0 END AS begins`;
    const inOrder = select(
      [...named, aliased(this.person, 'owner'), 'timestamp', begins],
      this.rowsTable,
      [...where, "session_id = ''", 'user_key <> 0', ...only.cut],
      [],
    );
    const number = 'sum(begins) OVER (PARTITION BY owner ORDER BY timestamp)';
    const byPerson = select(
      [...names, ...this.cutSession(number)],
      this.nested(`${inOrder}\nWINDOW of_person AS (PARTITION BY ${this.person} ORDER BY timestamp)`),
      [],
      [],
    );
    return `${byName}\nUNION ALL\n${byPerson}`;
  }

  /** Raw rows as this dialect reads them. */
  protected rows(
    question: Question,
    ranges: readonly Range[],
    metrics: Metrics,
    grouping: Grouping | undefined,
  ): Source {
    return this.rawRows(question, ranges, metrics, grouping);
  }

  /** Raw rows. */
  protected rawRows(
    { plan, edges }: Question,
    ranges: readonly Range[],
    metrics: Metrics,
    grouping: Grouping | undefined,
  ): Source {
    return {
      from: this.rowsTable,
      where: [
        ...this.conditions(plan),
        this.inRanges('timestamp', ranges),
        ...(metrics === 'users' ? ['user_key <> 0'] : []),
        ...(metrics === 'amounts' ? ['amount IS NOT NULL'] : []),
      ],
      bucket: this.bucketOf('timestamp', edges),
      keys: this.#keys(grouping),
    };
  }

  #keys(grouping: Grouping | undefined): readonly string[] {
    return grouping?.fields.map((name) => this.groupKey(name)) ?? [];
  }

  protected part({ dimensions, aggregates, form, from, where }: PartSelect): string {
    return select(
      [...dimensions, ...aggregates.map((one) => [one.name, one[form]] as const)].map(([name, value]) =>
        aliased(value, name),
      ),
      from,
      where,
      dimensions.map(([name]) => name),
    );
  }

  /** Which rows are asked for, but for their time. */
  conditions(plan: Pick<Asked, 'project' | 'bots' | 'filter' | 'sample'>): readonly string[] {
    return [
      `project = ${this.text(plan.project)}`,
      ...(plan.bots === 'exclude' ? ['NOT bot'] : plan.bots === 'only' ? ['bot'] : []),
      ...this.asked(plan),
    ];
  }

  /** What sessions are cut without. */
  asked(plan: Pick<Asked, 'filter' | 'sample'>): readonly string[] {
    return [
      ...(plan.filter === undefined ? [] : [`(${this.filter(plan.filter)})`]),
      ...(plan.sample === undefined ? [] : [this.inSample(Math.round(plan.sample * sampleSteps))]),
    ];
  }

  inCohort(cohort: Cohort): string {
    const { filter, atLeast, from, to } = cohort;
    const where = [
      ...this.conditions({ ...cohort, filter }),
      this.inRanges('timestamp', [{ from, to }]),
      'user_key <> 0',
    ].join(' AND ');
    const members = `SELECT ${aliased(this.person, 'member')} FROM ${this.rowsTable} WHERE ${where} GROUP BY member HAVING count(*) >= ${atLeast}`;
    return `${this.person} IN (${members})`;
  }

  #aggregates(metrics: Metrics, { measures = [] }: Plan): readonly Aggregate[] {
    switch (metrics) {
      case 'events':
        return [this.events];
      case 'users':
        return [this.persons];
      case 'both':
        return [this.events, this.persons];
      case 'amounts':
        return this.amounts;
      case 'sessions':
        return [ofRows('sessions', this.sessions)];
      case 'measures':
        return measures.map((one, i) => ofRows(`number_${i + 1}`, this.measured(one)));
      default:
        return metrics satisfies never;
    }
  }

  #top(question: Question, grouping: Grouping, cover: Cover): string {
    return this.firstGroups({ ...this.#counted(question, grouping, cover), limit: grouping.limit });
  }

  /** Events by the keys of groups, whose order is: most over the whole range first, then by the bytes of text and type. */
  #counted(question: Question, grouping: Grouping, cover: Cover) {
    const { fields: names } = grouping;
    const keys = names.length === 1 ? ['key'] : names.map((_, i) => `key_${i + 1}`);
    const parts = this.#parts(question, cover, 'events', grouping).map((part) => {
      const dimensions = keys.map((key, i) => [key, part.keys[i]!] as const);
      return this.part({ ...part, dimensions, aggregates: [this.events] });
    });
    return { parts, keys, order: names.flatMap((name, i) => this.keyOrder(name, keys[i]!)) };
  }
}

const withoutUsers = ({ events, amounts }: Sources): Sources => ({ events, amounts, users: undefined });

const namesOf = (aggregates: readonly Aggregate[]): readonly string[] => aggregates.map(({ name }) => name);

/** An aggregate that only raw rows give. */
const ofRows = (name: string, rows: string): Aggregate => ({
  name,
  rows,
  partial: rows,
  rollup: rows,
  rollupPartial: rows,
  merge: rows,
});

export const rowField = (name: FieldName): Field | undefined => fields.get(name);

/** Sketches are kept by type and, as type '', over all types: the latter unless types are told apart. */
function typesOfSketches(plan: Plan, grouping: Grouping | undefined): string {
  const byType = grouping?.fields.includes('type');
  const filtersType = plan.filter !== undefined && filterFields(plan.filter).has('type');
  return byType || filtersType ? "type <> ''" : "type = ''";
}
