/**
 * The first stage: from the body of a request to records of the log, with one outcome for each event. It knows neither
 * sockets nor the store. The answer may be sent when `collect` resolves: what it calls accepted is durable by then.
 *
 * A request is split into events, which go through the steps in slices; then they are grouped by partition, encoded and
 * appended. When any append fails the whole request fails, although other records of it may be kept: sending it again
 * with the same event ids changes nothing, and without event ids it may count those events twice.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Hasher } from '../event/hasher.ts';
import type { RefusalReason } from '../event/refusal.ts';
import type { Log } from '../log/log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { bodyForm } from './body-form.ts';
import { type Candidate, type CollectContext, type CollectRequest, makeCandidate } from './candidate.ts';
import { sliceBytesMax, sliceEventsMax } from './limits.ts';
import { type CollectResult, resultOf } from './outcome.ts';
import { parseWhole } from './parse-whole.ts';
import type { Places } from './places.ts';
import { type Arriving, type BodySource, readBody } from './read-body.ts';
import { appendAll, cutRecords, type NewRecord } from './records.ts';
import { type SplitBody, splitBody } from './split-body.ts';
import { type StepRunner, StepSampler } from './step-times.ts';
import { collectSteps, type Step } from './steps.ts';
import { DailySalts, type SaltSource } from './visitor.ts';

export type { CollectRequest } from './candidate.ts';
export type { AcceptedEvent, CollectResult, RefusedEvent } from './outcome.ts';

export interface CollectOptions {
  readonly log: Log;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Makes the id of an event that came without one: UUIDv7. */
  readonly newId: () => string;
  readonly salt: SaltSource;
  /** Undefined: no event gets a country from its address. */
  readonly places: Places | undefined;
}

type Refusals = ReadonlyMap<RefusalReason, number>;

/** What is left of a request once its events are encoded. */
interface Prepared {
  readonly records: readonly NewRecord[];
  readonly result: CollectResult;
  readonly refusals: Refusals;
}

const noRefusals: Refusals = new Map();
const backslash = 0x5c;

export class Collector {
  readonly #options: CollectOptions;
  readonly #steps: readonly Step[];
  readonly #sampler: StepSampler;

  constructor(options: CollectOptions) {
    this.#options = options;
    this.#sampler = new StepSampler(options.clock, options.telemetry);
    this.#steps = collectSteps({ ...options, salts: new DailySalts(options.salt) });
  }

  /** Reads and inflates the body of a request. Errors: body_too_large, encoding_unsupported, body_malformed, `arriving`'s. */
  readBody(source: BodySource, arriving?: Arriving): Promise<Uint8Array> {
    return readBody(source, undefined, arriving);
  }

  /**
   * Errors: media_type_unsupported, body_empty, body_malformed, too_many_events, and those of `Log.append`. When all events
   * are refused it still resolves, with `accepted` 0.
   */
  async collect(request: CollectRequest): Promise<CollectResult> {
    const prepared = this.#prepare(request);
    // only bytes and the answer outlive this line: events that wait for the disk would be copied by collections of garbage
    const { records, result, refusals } = prepared instanceof Promise ? await prepared : prepared;
    await appendAll(this.#options.log, records);
    this.#publishRefusals(refusals);
    return result;
  }

  /** At once, unless a step has to wait or the request is large. */
  #prepare(request: CollectRequest): Prepared | Promise<Prepared> {
    const { candidates, context } = readRequest(request);
    if (!context.isUtf8 && !context.isLines)
      throw failure('body_malformed', { detail: 'the body is not UTF-8' });
    const pending = this.#runSteps(candidates, context);
    return pending === undefined
      ? this.#cut(candidates, context)
      : pending.then(() => this.#cut(candidates, context));
  }

  #cut(candidates: readonly Candidate[], context: CollectContext): Prepared | Promise<Prepared> {
    const { hasher, log } = this.#options;
    const taken = withoutRefused(candidates);
    const result = resultOf(candidates, taken.length);
    const refusals = countRefusals(candidates, result.rejected);
    const records = cutRecords(taken, context, hasher, log.partitions);
    return records instanceof Promise
      ? records.then((cut) => ({ records: cut, result, refusals }))
      : { records, result, refusals };
  }

  /** The slices of a large request are worked on in turns, so that others are served between them. */
  #runSteps(candidates: readonly Candidate[], context: CollectContext): Promise<void> | undefined {
    const times = this.#sampler.next();
    const end = endOfSlice(candidates, 0);
    const pending =
      end === candidates.length
        ? this.#runSlice(candidates, 0, context, times)
        : this.#runSlices(candidates, context, times);
    if (pending !== undefined) return pending.then(() => times.publish());
    times.publish();
    return undefined;
  }

  async #runSlices(
    candidates: readonly Candidate[],
    context: CollectContext,
    times: StepRunner,
  ): Promise<void> {
    for (let first = 0; first < candidates.length; ) {
      const end = endOfSlice(candidates, first);
      await this.#runSlice(candidates.slice(first, end), 0, context, times);
      if (end < candidates.length) await nextTurn();
      first = end;
    }
  }

  /** From the step at `begin` on. A step that is done is not awaited: for a small request that would cost more than the step. */
  #runSlice(
    slice: readonly Candidate[],
    begin: number,
    context: CollectContext,
    times: StepRunner,
  ): Promise<void> | undefined {
    let rest = slice;
    for (let at = begin; at < this.#steps.length; at++) {
      const pending = times.run(this.#steps[at]!, rest, context);
      if (pending !== undefined)
        return pending.then(() => this.#runSlice(withoutRefused(rest), at + 1, context, times));
      rest = withoutRefused(rest);
    }
    return undefined;
  }

  #publishRefusals(refusals: Refusals): void {
    for (const [reason, count] of refusals)
      this.#options.telemetry.publish('collect.refused', { reason, count });
  }
}

interface Read {
  readonly candidates: readonly Candidate[];
  readonly context: CollectContext;
}

function readRequest(request: CollectRequest): Read {
  const { buffer, byteOffset, byteLength } = request.body;
  const body = Buffer.from(buffer, byteOffset, byteLength);
  const form = bodyForm(request.contentType);
  const isBodyUtf8 = isAscii(body) || isUtf8(body);
  const hasEscapes = body.includes(backslash);
  const sent = isBodyUtf8 ? parseWhole(body, form) : undefined;
  if (sent !== undefined) {
    const candidates = sent.map((each, index) => makeCandidate(index, 0, 0, each));
    const wholeEvents = candidates.length;
    return { candidates, context: { request, body, wholeEvents, isLines: false, isUtf8: true, hasEscapes } };
  }
  const { ranges, isLines } = splitBody(body, form);
  return {
    candidates: candidatesOf(ranges),
    context: { request, body, wholeEvents: 0, isLines, isUtf8: isBodyUtf8, hasEscapes },
  };
}

function candidatesOf(ranges: SplitBody['ranges']): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (let at = 0; at < ranges.length; at += 2) {
    candidates.push(makeCandidate(at / 2, ranges[at]!, ranges[at + 1]!));
  }
  return candidates;
}

/** As many events as may be worked on without a pause; at least one. */
function endOfSlice(candidates: readonly Candidate[], first: number): number {
  const last = Math.min(first + sliceEventsMax, candidates.length);
  const bytesEnd = candidates[first]!.first + sliceBytesMax;
  let end = first + 1;
  while (end < last && candidates[end]!.end <= bytesEnd) end += 1;
  return end;
}

function countRefusals(candidates: readonly Candidate[], rejected: number): Refusals {
  if (rejected === 0) return noRefusals;
  const counts = new Map<RefusalReason, number>();
  for (const { refusal } of candidates) {
    if (refusal !== undefined) counts.set(refusal.reason, (counts.get(refusal.reason) ?? 0) + 1);
  }
  return counts;
}

function withoutRefused(slice: readonly Candidate[]): readonly Candidate[] {
  const hasRefused = slice.some((candidate) => candidate.refusal !== undefined);
  return hasRefused ? slice.filter((candidate) => candidate.refusal === undefined) : slice;
}
