/**
 * Sequences slice by slice as typed arrays, one block of the engine's answer at a time. A slice that is over its memory is cut
 * in smaller ones; all slices together keep the question's time.
 */
import type { Clock } from '../../clock.ts';
import { failure, isFailure } from '../../errors.ts';
import type { Budget } from '../asking.ts';
import type { SequenceBlock, SequenceQuestion, WalkBlock, WalkShape } from '../sequences.ts';
import { cutAtGaps } from '../sql/cut-at-gaps.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';
import { type EventLayout, unpackEvents } from './event-words.ts';
import { type NativeColumn, nativeBlocks } from './native-reader.ts';
import { questionGraceMs, questionSettings } from './question-settings.ts';
import { orderSequences } from './sequence-order.ts';
import { type SequenceSlice, SequenceSql } from './sequence-sql.ts';
import { shortBlock } from './short-events.ts';
import { questionFailure } from './store-errors.ts';

export interface Asking {
  readonly client: ClickHouseClient;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly signal: AbortSignal;
}

/** Rows that the engine reads at a time: with fewer the same question takes it a third longer. */
const blockRowsMax = 65_409;
/** More sequences than this are grouped in 256 buckets, each a block of the answer: few, since one may have many events. */
const bucketedFrom = 10_000;
/**
 * What an event takes in the engine while it is grouped, in bytes, as measured: arrays grow by doubling, and are copied out.
 * Sessions have few events. Without places it is half.
 */
const eventBytes = { user: 90, session: 160 } as const;
const shortEventBytes = { user: 55, session: 130 } as const;
/** Sequences whose order is not known without places are asked for again, so many at a time. */
const keysMax = 50_000;
/** A slice over its memory is cut in this many, … */
const cuts = 4;
/** … down to this share of all. */
const slicesMax = 4_096;

/** @param events about how many are asked for, if that is known. Errors: over_time, over_memory, over_rows, question_cancelled, store_unavailable. */
export async function* readSequences(
  asking: Asking,
  compiler: ClickHouseCompiler,
  question: SequenceQuestion,
  events: number,
): AsyncGenerator<SequenceBlock> {
  const sql = new SequenceSql(compiler, question);
  const reader = new SliceReader(asking);
  const hasCodes = question.field !== undefined;
  if (question.per === 'user') {
    yield* persons(reader, sql, slicesFor(question, events, asking.budget, sql.short), hasCodes);
    return;
  }
  const slices = slicesFor(question, events, asking.budget);
  for await (const columns of reader.read(slices, (slice) => sql.ofNamedSessions(slice)))
    yield blockOf(columns, sql.layout, hasCodes).block;
  yield* unnamedSessions(reader, sql, question, asking.budget, hasCodes);
}

/** Walks of persons and of named sessions; events that name no session as sequences. Errors: those of `readSequences`. */
export async function* readWalks(
  asking: Asking,
  compiler: ClickHouseCompiler,
  question: SequenceQuestion,
  shape: WalkShape,
  events: number,
): AsyncGenerator<SequenceBlock | WalkBlock> {
  const sql = new SequenceSql(compiler, question);
  const reader = new SliceReader(asking);
  const slices = slicesFor(question, events, asking.budget, sql.short);
  const per = question.per === 'user' ? 'user' : 'named session';
  const sqlOf = (slice: SequenceSlice): string => sql.walks(per, shape, slice);
  for await (const { columns, left } of reader.readUnsure(slices, sqlOf, sql.short)) {
    left?.push(columns[3]!.values as BigUint64Array);
    yield walksOf(columns);
  }
  if (question.per === 'session') yield* unnamedSessions(reader, sql, question, asking.budget, true);
}

async function* persons(
  reader: SliceReader,
  sql: SequenceSql,
  slices: number,
  hasCodes: boolean,
): AsyncGenerator<SequenceBlock> {
  const sqlOf = (slice: SequenceSlice): string => sql.ofPersons(slice);
  for await (const { columns, left } of reader.readUnsure(slices, sqlOf, sql.short)) {
    if (left === undefined) {
      yield blockOf(columns, sql.layout, hasCodes).block;
      continue;
    }
    const [keys, events] = columns as [NativeColumn, NativeColumn];
    const { buffer } = events.values;
    const { block, unsure } = shortBlock(
      { keys: keys.values as BigUint64Array, ends: events.ends!, packed: buffer },
      sql.short!,
      hasCodes,
    );
    left.push(unsure);
    yield block;
  }
}

/** Walks without a step stand for sequences that are asked for once more. */
function walksOf([walks, counts, events]: readonly NativeColumn[]): WalkBlock {
  const ends = walks!.ends!;
  const isWalk = (_: unknown, i: number): boolean => ends[i]! > (ends[i - 1] ?? 0);
  const numbers = events!.values as BigUint64Array;
  return {
    walks: walks!.values as Uint8Array | Uint32Array,
    ends: ends.filter(isWalk),
    counts: (counts!.values as BigUint64Array).filter(isWalk),
    events: Number(numbers.filter(isWalk).reduce((sum, some) => sum + some, 0n)),
  };
}

/** Most projects have none, so they are counted before they are cut in slices. */
async function* unnamedSessions(
  reader: SliceReader,
  sql: SequenceSql,
  question: SequenceQuestion,
  budget: Budget,
  hasCodes: boolean,
): AsyncGenerator<SequenceBlock> {
  let events = 0;
  for await (const [counted] of reader.read(1, () => sql.unnamedCount()))
    events += Number((counted!.values as BigUint64Array)[0]!);
  if (events === 0) return;
  const slices = slicesFor(question, events, budget);
  for await (const columns of reader.read(slices, (slice) => sql.ofUnnamedSessions(slice))) {
    const { block, isShown } = blockOf(columns, sql.layout, hasCodes);
    yield cutAtGaps(block, isShown);
  }
}

function slicesFor(
  { per }: SequenceQuestion,
  events: number,
  { memoryBytes }: Budget,
  short?: EventLayout,
): number {
  const bytes = (short === undefined ? eventBytes : shortEventBytes)[per];
  return Math.min(slicesMax, Math.max(1, Math.ceil((events * bytes) / memoryBytes)));
}

interface Read {
  readonly columns: readonly NativeColumn[];
  /** Takes the keys of sequences whose order is not known; undefined: it is. */
  readonly left: BigUint64Array[] | undefined;
}

class SliceReader {
  readonly #asking: Asking;
  readonly #startedAt: number;

  constructor(asking: Asking) {
    this.#asking = asking;
    this.#startedAt = asking.clock.monotonic();
  }

  async *read(
    slices: number,
    sqlOf: (slice: SequenceSlice) => string,
  ): AsyncGenerator<readonly NativeColumn[]> {
    for (const slice of slicesOf(slices)) yield* this.#slice(slice, sqlOf);
  }

  /** Where events come without places, each slice is followed by those of its sequences that need them. */
  async *readUnsure(
    slices: number,
    sqlOf: (slice: SequenceSlice) => string,
    short: EventLayout | undefined,
  ): AsyncGenerator<Read> {
    for (const slice of slicesOf(slices)) {
      const left: BigUint64Array[] | undefined = short && [];
      for await (const columns of this.#slice(slice, sqlOf)) yield { columns, left };
      for (const keys of inPieces(left ?? []))
        for await (const columns of this.#slice({ ...slice, keys }, sqlOf))
          yield { columns, left: undefined };
    }
  }

  async *#slice(
    slice: SequenceSlice,
    sqlOf: (slice: SequenceSlice) => string,
  ): AsyncGenerator<readonly NativeColumn[]> {
    let given = false;
    try {
      for await (const columns of this.#ask(sqlOf(slice))) {
        given = true;
        yield columns;
      }
      return;
    } catch (error) {
      // once a part of it was given, it cannot be asked again
      if (given || !isFailure(error, 'over_memory') || slice.of * cuts > slicesMax) throw error;
    }
    for (let i = 0; i < cuts; i++)
      yield* this.#slice({ ...slice, of: slice.of * cuts, remainder: slice.remainder + i * slice.of }, sqlOf);
  }

  async *#ask(sql: string): AsyncGenerator<readonly NativeColumn[]> {
    const { client, clock, budget, signal } = this.#asking;
    const timeMs = budget.timeMs - (clock.monotonic() - this.#startedAt);
    if (timeMs <= 0)
      throw failure('over_time', { setting: 'MILLRACE_QUESTION_TIME_MS', limitMs: budget.timeMs });
    const settings = {
      ...questionSettings({ ...budget, timeMs }),
      max_block_size: blockRowsMax,
      group_by_two_level_threshold: bucketedFrom,
    };
    try {
      yield* nativeBlocks(
        client.stream(sql, 'Native', { settings, signal, timeoutMs: timeMs + questionGraceMs }),
      );
    } catch (error) {
      throw questionFailure(error, budget, signal);
    }
  }
}

function blockOf([keys, events]: readonly NativeColumn[], layout: EventLayout, hasCodes: boolean) {
  const words = events!.values as Uint32Array;
  const ends = events!.ends!;
  orderSequences(words, ends, layout.words);
  const { times, tags, codes, isShown } = unpackEvents(words, layout);
  const block: SequenceBlock = {
    keys: keys!.values as BigUint64Array,
    ends,
    times,
    tags,
    ...(hasCodes && { codes }),
  };
  return { block, isShown };
}

const slicesOf = (count: number): readonly SequenceSlice[] =>
  Array.from({ length: count }, (_, remainder) => ({ of: count, remainder }));

/** Those of all parts together, so many at a time that a statement may name them. */
function* inPieces(parts: readonly BigUint64Array[]): Generator<BigUint64Array> {
  const keys = new BigUint64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    keys.set(part, at);
    at += part.length;
  }
  for (let from = 0; from < keys.length; from += keysMax) yield keys.subarray(from, from + keysMax);
}
