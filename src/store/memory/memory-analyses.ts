/** The contract of analyses over an array of rows, written to be read: what every store is held to. */
import type { EventRow } from '../../event/event-row.ts';
import type { SessionDimension } from '../../plan/analysis.ts';
import { fieldValue } from '../../plan/field.ts';
import { matches, type PersonsOf } from '../../plan/filter.ts';
import { compareGroups, groupKey } from '../../plan/group.ts';
import type { Scope } from '../../plan/plan.ts';
import { comparePositions } from '../../plan/position.ts';
import type {
  Analyses,
  PeopleQuestion,
  PersonRow,
  RetentionBlock,
  RetentionQuestion,
  SessionCell,
  SessionsQuestion,
} from '../analyses.ts';
import type { Budget, Group, GroupValue } from '../asking.ts';
import type { ExperimentQuestion, ExperimentRows } from '../experiments.ts';
import type { SequenceBlock, SequenceQuestion } from '../sequences.ts';
import { cohortsOver, rowsOf } from './evaluate.ts';
import { evaluateExperiment } from './evaluate-experiment.ts';
import { type Hash64, withIdentity } from './evaluate-identity.ts';
import { sessionsOf } from './evaluate-sessions.ts';

export class MemoryAnalyses implements Analyses {
  readonly #rows: () => readonly EventRow[];
  readonly #hash64: Hash64 | undefined;

  readonly #assertAsked: (budget: Budget, signal: AbortSignal) => void;

  /** `assertAsked` throws when a question is not to be answered. */
  constructor(
    rows: () => readonly EventRow[],
    hash64: Hash64 | undefined,
    assertAsked: (budget: Budget, signal: AbortSignal) => void = () => {},
  ) {
    this.#rows = rows;
    this.#hash64 = hash64;
    this.#assertAsked = assertAsked;
  }

  async *sequences(
    question: SequenceQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<SequenceBlock> {
    this.#assertAsked(budget, signal);
    const rows = withIdentity(this.#rows(), this.#hash64);
    const sequences = sequencesOf(question.scope, question.per, rows);
    const personsOf = cohortsOver(rows);
    for (const events of sequences) {
      const block = blockOf(question, events, personsOf);
      if (block.times.length > 0) yield block;
    }
  }

  async *retention(
    question: RetentionQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncGenerator<RetentionBlock> {
    this.#assertAsked(budget, signal);
    const rows = withIdentity(this.#rows(), this.#hash64);
    const personsOf = cohortsOver(rows);
    const { scope, edges, start, return: back, first } = question;
    const everything = rowsOf({ ...scope, from: Number.NEGATIVE_INFINITY }, rows);
    const periodOf = (row: EventRow): number => edges.findLastIndex((edge) => edge <= row.timestamp);
    for (const events of personsIn(everything)) {
      const starts = events.filter((row) => matches(row, start, personsOf)).toSorted(comparePositions);
      const inRange = starts.filter((row) => row.timestamp >= scope.from);
      const [begin] = first === 'ever' ? starts : inRange;
      if (begin === undefined || begin.timestamp < scope.from) continue;
      let returns = 0n;
      for (const row of events)
        if (row.timestamp >= scope.from && matches(row, back, personsOf))
          returns |= 1n << BigInt(periodOf(row));
      yield {
        starts: Uint8Array.of(periodOf(begin)),
        low: BigUint64Array.of(BigInt.asUintN(64, returns)),
        high: BigUint64Array.of(returns >> 64n),
      };
    }
  }

  async sessions(
    { scope, by }: SessionsQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<readonly SessionCell[]> {
    this.#assertAsked(budget, signal);
    const rows = withIdentity(this.#rows(), this.#hash64);
    const { filter: _, sample: __, ...whole } = scope;
    const asked = new Set(rowsOf(scope, rows));
    const sessions = sequencesOf(whole, 'session', rows).filter((events) =>
      events.some((row) => asked.has(row)),
    );
    const all: Group = { kind: 'all' };
    if (sessions.length === 0) return [];
    if (by === undefined) return [cellOf(all, sessions)];
    const groups = Map.groupBy(sessions, (events) => groupKey([dimensionOf(events, by.dimension)]));
    const sorted = [...groups.values()]
      .map((own) => ({ values: [dimensionOf(own[0]!, by.dimension)], events: own.length, own }))
      .sort(compareGroups);
    const shown = sorted.slice(0, by.limit).map(({ values, own }) => cellOf({ kind: 'values', values }, own));
    const rest = sorted.slice(by.limit).flatMap(({ own }) => own);
    return [cellOf(all, sessions), ...shown, ...(rest.length > 0 ? [cellOf({ kind: 'other' }, rest)] : [])];
  }

  async people(
    { scope, order, limit, after, keys }: PeopleQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<readonly PersonRow[]> {
    this.#assertAsked(budget, signal);
    const rows = withIdentity(this.#rows(), this.#hash64);
    const people = personsIn(rowsOf(scope, rows)).map(personRow);
    return people
      .filter(({ key }) => keys === undefined || keys.includes(key))
      .sort((a, b) => b[order] - a[order] || compareKeys(a.key, b.key))
      .filter(
        (row) =>
          after === undefined ||
          row[order] < after.value ||
          (row[order] === after.value && row.key > after.key),
      )
      .slice(0, limit);
  }

  async experiment(
    question: ExperimentQuestion,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<ExperimentRows> {
    this.#assertAsked(budget, signal);
    return evaluateExperiment(question, withIdentity(this.#rows(), this.#hash64));
  }

  async person(project: string, id: string): Promise<bigint> {
    if (this.#hash64 === undefined) return 0n;
    const key = this.#hash64(id);
    const probe = { ...this.#rows()[0], project, personKey: key, type: '', offset: -1 } as EventRow;
    return withIdentity([...this.#rows(), probe], this.#hash64).at(-1)!.personKey;
  }
}

const compareKeys = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function personsIn(rows: readonly EventRow[]): readonly (readonly EventRow[])[] {
  const known = rows.filter((row) => row.personKey !== 0n);
  return [...Map.groupBy(known, (row) => row.personKey).values()].map((own) =>
    own.toSorted(comparePositions),
  );
}

/** Sessions are cut before the filter, which only leaves events out of them. */
function sequencesOf(
  scope: Scope,
  per: SequenceQuestion['per'],
  rows: readonly EventRow[],
): readonly (readonly EventRow[])[] {
  const asked = rowsOf(scope, rows);
  if (per === 'user') return personsIn(asked);
  const { filter: _, sample: __, ...whole } = scope;
  const sessionOf = sessionsOf(rowsOf(whole, rows));
  const inSession = asked.filter((row) => sessionOf(row) !== undefined);
  return [...Map.groupBy(inSession, sessionOf).values()].map((own) => own.toSorted(comparePositions));
}

function blockOf(
  { tags, taggedOnly, field }: SequenceQuestion,
  events: readonly EventRow[],
  personsOf: PersonsOf,
): SequenceBlock {
  const tagsOf = (row: EventRow): number =>
    tags.reduce((bits, tag, i) => (matches(row, tag, personsOf) ? bits + 2 ** i : bits), 0);
  const shown = events.filter((row) => !taggedOnly || tagsOf(row) !== 0);
  const codeOf = (row: EventRow): number => {
    const key = groupKey([fieldValue(row, field!.name) ?? null]);
    return field!.values.findIndex((value) => groupKey([value]) === key) + 1;
  };
  return {
    keys: shown.length === 0 ? new BigUint64Array(0) : BigUint64Array.of(shown[0]!.personKey),
    ends: shown.length === 0 ? new Uint32Array(0) : Uint32Array.of(shown.length),
    times: Float64Array.from(shown, (row) => row.timestamp),
    tags: Uint32Array.from(shown, tagsOf),
    ...(field && { codes: Uint32Array.from(shown, codeOf) }),
  };
}

const isPageview = ({ type }: EventRow): boolean => type === 'pageview' || type === 'PAGEVIEW';

function dimensionOf(events: readonly EventRow[], dimension: SessionDimension): GroupValue {
  const pages = events.filter(isPageview);
  if (dimension === 'entryPath') return pages[0]?.path || null;
  if (dimension === 'exitPath') return pages.at(-1)?.path || null;
  return fieldValue(events[0]!, dimension) ?? null;
}

function cellOf(group: Group, sessions: readonly (readonly EventRow[])[]): SessionCell {
  const durations = sessions
    .map((events) => events.at(-1)!.timestamp - events[0]!.timestamp)
    .sort((a, b) => a - b);
  const middle = (durations.length - 1) / 2;
  const persons = new Set(sessions.flatMap((events) => events.map((row) => row.personKey)));
  persons.delete(0n);
  return {
    group,
    sessions: sessions.length,
    users: persons.size,
    durationMs: durations.reduce((sum, one) => sum + one, 0),
    medianDurationMs: (durations[Math.floor(middle)]! + durations[Math.ceil(middle)]!) / 2,
    bounces: sessions.filter((events) => events.length === 1 && isPageview(events[0]!)).length,
    pageviews: sessions.flat().filter(isPageview).length,
  };
}

/** `events`: of one person, in order. */
function personRow(events: readonly EventRow[]): PersonRow {
  return {
    key: events[0]!.personKey,
    firstSeen: events[0]!.timestamp,
    lastSeen: events.at(-1)!.timestamp,
    events: events.length,
    userId: events.findLast((row) => row.userId !== '')?.userId ?? '',
    anonymousId: events.findLast((row) => row.anonymousId !== '')?.anonymousId ?? '',
  };
}
