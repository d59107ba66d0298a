/**
 * The first stage: from the body of a request to records of the log, with one outcome for each event. It knows neither
 * sockets nor the store. The answer may be sent when `collect` resolves: what it calls accepted is durable by then.
 *
 * A request is split into events, which go through the steps in slices; then they are grouped by partition, encoded and
 * appended. When any append fails the whole request fails, although other records of it may be kept: sending it again
 * with the same event ids changes nothing, and without event ids it may count those events twice.
 */
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import { encodeBatch } from '../event/codec.ts';
import type { Event } from '../event/event.ts';
import type { Hasher } from '../event/hasher.ts';
import { partitionOf } from '../event/partition.ts';
import type { RefusalReason } from '../event/refusal.ts';
import type { Log } from '../log/log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { bodyForm } from './body-form.ts';
import { type Candidate, type CollectContext, type CollectRequest, makeCandidate } from './candidate.ts';
import { recordEventsMax, sliceBytesMax, sliceEventsMax } from './limits.ts';
import { type CollectResult, resultOf } from './outcome.ts';
import { parseWhole } from './parse-whole.ts';
import type { Places } from './places.ts';
import { type Arriving, type BodySource, readBody } from './read-body.ts';
import { type SplitBody, splitBody } from './split-body.ts';
import { StepSampler } from './step-times.ts';
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
    const { candidates, ...context } = readRequest(request);
    if (!context.isUtf8 && !context.isLines)
      throw failure('body_malformed', { detail: 'the body is not UTF-8' });
    await this.#runSteps(candidates, context);
    const taken = withoutRefused(candidates);
    await this.#append(taken, request);
    this.#publishRefusals(candidates);
    return resultOf(candidates, taken.length);
  }

  async #runSteps(candidates: readonly Candidate[], context: CollectContext): Promise<void> {
    const times = this.#sampler.next();
    for (let first = 0; first < candidates.length; ) {
      const end = endOfSlice(candidates, first);
      let slice: readonly Candidate[] = candidates.slice(first, end);
      for (const step of this.#steps) {
        // most steps are done at once, and a turn of the microtask queue for each would be felt
        const pending = times.run(step, slice, context);
        if (pending !== undefined) await pending;
        slice = withoutRefused(slice);
      }
      if (end < candidates.length) await nextTurn();
      first = end;
    }
    times.publish();
  }

  /** Waits for all appends, also when one has failed, so that none is left behind unheard. */
  async #append(taken: readonly Candidate[], request: CollectRequest): Promise<void> {
    if (taken.length === 0) return;
    if (this.#options.log.partitions === 1 && taken.length <= recordEventsMax) {
      // addEventId has seen to the ids
      return this.#appendRecord(
        0,
        taken.map(({ event }) => event as Event),
        request,
      );
    }
    const appends: Promise<unknown>[] = [];
    for (const [partition, events] of this.#byPartition(taken, request.project)) {
      for (let first = 0; first < events.length; first += recordEventsMax) {
        if (appends.length > 0) await nextTurn();
        const record = events.slice(first, first + recordEventsMax);
        appends.push(this.#appendRecord(partition, record, request).catch(asError));
      }
    }
    const failed = (await Promise.all(appends)).find((outcome) => outcome instanceof Error);
    if (failed !== undefined) throw failed;
  }

  async #appendRecord(partition: number, events: readonly Event[], request: CollectRequest): Promise<void> {
    const { project, receivedAt } = request;
    await this.#options.log.append(partition, events.length, encodeBatch({ project, receivedAt, events }));
  }

  #byPartition(taken: readonly Candidate[], project: string): ReadonlyMap<number, Event[]> {
    const { hasher, log } = this.#options;
    const byPartition = new Map<number, Event[]>();
    for (const { event } of taken) {
      // addEventId has seen to the id
      const whole = event as Event;
      const partition = partitionOf(hasher, project, whole.eventId, log.partitions);
      const events = byPartition.get(partition);
      if (events === undefined) byPartition.set(partition, [whole]);
      else events.push(whole);
    }
    return byPartition;
  }

  #publishRefusals(candidates: readonly Candidate[]): void {
    const { telemetry } = this.#options;
    if (!telemetry.listened('collect.refused')) return;
    const counts = new Map<RefusalReason, number>();
    for (const { refusal } of candidates) {
      if (refusal !== undefined) counts.set(refusal.reason, (counts.get(refusal.reason) ?? 0) + 1);
    }
    for (const [reason, count] of counts) telemetry.publish('collect.refused', { reason, count });
  }
}

function readRequest(request: CollectRequest): CollectContext & { candidates: readonly Candidate[] } {
  const { buffer, byteOffset, byteLength } = request.body;
  const body = Buffer.from(buffer, byteOffset, byteLength);
  const form = bodyForm(request.contentType);
  const isBodyUtf8 = isUtf8(body);
  const sent = isBodyUtf8 ? parseWhole(body, form) : undefined;
  if (sent !== undefined) {
    const candidates = sent.map((each, index) => makeCandidate(index, 0, 0, each));
    return { request, body, isLines: false, isUtf8: true, candidates };
  }
  const { ranges, isLines } = splitBody(body, form);
  return { request, body, isLines, isUtf8: isBodyUtf8, candidates: candidatesOf(ranges) };
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

function withoutRefused(slice: readonly Candidate[]): readonly Candidate[] {
  const hasRefused = slice.some((candidate) => candidate.refusal !== undefined);
  return hasRefused ? slice.filter((candidate) => candidate.refusal === undefined) : slice;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
