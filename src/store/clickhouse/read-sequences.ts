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
import { SequenceSql, type Slice } from './sequence-sql.ts';
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
 * Sessions have few events, and names.
 */
const eventBytes = { user: 90, session: 200 } as const;
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
  const reader = new SliceReader(asking, slicesFor(question, events, asking.budget));
  const hasCodes = question.field !== undefined;
  if (question.per === 'user') {
    for await (const columns of reader.read((slice) => sql.ofPersons(slice)))
      yield blockOf(columns, sql.layout, hasCodes).block;
    return;
  }
  for await (const columns of reader.read((slice) => sql.ofNamedSessions(slice)))
    yield blockOf(columns, sql.layout, hasCodes).block;
  for await (const columns of reader.read((slice) => sql.ofUnnamedSessions(slice))) {
    const { block, isShown } = blockOf(columns, sql.layout, hasCodes);
    yield cutAtGaps(block, isShown);
  }
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
  const reader = new SliceReader(asking, slicesFor(question, events, asking.budget));
  const per = question.per === 'user' ? 'user' : 'named session';
  for await (const columns of reader.read((slice) => sql.walks(per, shape, slice))) yield walksOf(columns);
  if (question.per === 'session') yield* unnamedSessions(reader, sql);
}

function walksOf([walks, counts, events]: readonly NativeColumn[]): WalkBlock {
  return {
    walks: walks!.values as Uint8Array | Uint32Array,
    ends: walks!.ends!,
    counts: counts!.values as BigUint64Array,
    events: Number((events!.values as BigUint64Array).reduce((sum, some) => sum + some, 0n)),
  };
}

async function* unnamedSessions(reader: SliceReader, sql: SequenceSql): AsyncGenerator<SequenceBlock> {
  for await (const columns of reader.read((slice) => sql.ofUnnamedSessions(slice))) {
    const { block, isShown } = blockOf(columns, sql.layout, true);
    yield cutAtGaps(block, isShown);
  }
}

function slicesFor({ per }: SequenceQuestion, events: number, { memoryBytes }: Budget): number {
  return Math.min(slicesMax, Math.max(1, Math.ceil((events * eventBytes[per]) / memoryBytes)));
}

class SliceReader {
  readonly #asking: Asking;
  readonly #slices: number;
  readonly #startedAt: number;

  constructor(asking: Asking, slices: number) {
    this.#asking = asking;
    this.#slices = slices;
    this.#startedAt = asking.clock.monotonic();
  }

  async *read(sqlOf: (slice: Slice) => string): AsyncGenerator<readonly NativeColumn[]> {
    for (let remainder = 0; remainder < this.#slices; remainder++)
      yield* this.#slice({ of: this.#slices, remainder }, sqlOf);
  }

  async *#slice(slice: Slice, sqlOf: (slice: Slice) => string): AsyncGenerator<readonly NativeColumn[]> {
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
      yield* this.#slice({ of: slice.of * cuts, remainder: slice.remainder + i * slice.of }, sqlOf);
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
