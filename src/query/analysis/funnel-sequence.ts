/**
 * One sequence of events against the steps of a funnel; what the orders mean is in plan/analysis.ts.
 *
 * ordered, strict: for each level the attempt that stands there, with its first and its last time. Of two attempts at one
 * level the later one is never worse: it began later, its last step is later, and whatever ends the one ends the other. An
 * event is held against all levels as they were before it, so that it is never two steps of one attempt.
 */
import type { FunnelPlan } from '../../plan/analysis.ts';
import type { SequenceBlock } from '../../store/sequences.ts';
import { AnyOrder } from './funnel-any-order.ts';

/** How far a sequence came, and when it first came so far. */
export interface FunnelTrace {
  /** 0 when not even the first step was done. */
  level: number;
  /** The index, in the block, of its first event that matches step 1; -1 when there is none. */
  firstTouch: number;
  /** For level k (from 1): ms from the first step, and from the step before (NaN in any order), when k was first reached. */
  readonly fromStart: Float64Array;
  readonly fromPrevious: Float64Array;
}

const never = Number.NEGATIVE_INFINITY;

export class FunnelSequence {
  readonly trace: FunnelTrace;
  readonly #plan: FunnelPlan;
  readonly #any: AnyOrder | undefined;
  /** Most funnels are, and nothing of the rest need be looked at for them. */
  readonly #isPlain: boolean;
  readonly #starts: Float64Array;
  readonly #lasts: Float64Array;
  /** Whether each level was derived from the event at hand. */
  readonly #fresh: Uint8Array;
  readonly #freshStarts: Float64Array;

  /** Bits of an event's tags: the steps first, then the exclusions. */
  constructor(plan: FunnelPlan) {
    const levels = plan.steps.length + 1;
    this.#plan = plan;
    this.#isPlain = plan.order === 'ordered' && plan.exclude.length === 0;
    this.#any = plan.order === 'any' ? new AnyOrder(plan.steps.length, plan.windowMs) : undefined;
    this.#starts = new Float64Array(levels);
    this.#lasts = new Float64Array(levels);
    this.#fresh = new Uint8Array(levels);
    this.#freshStarts = new Float64Array(levels);
    this.trace = {
      level: 0,
      firstTouch: -1,
      fromStart: new Float64Array(levels),
      fromPrevious: new Float64Array(levels),
    };
  }

  /** Follows the events [from, to) of the block, one sequence; the trace is valid until the next call. */
  follow(block: SequenceBlock, from: number, to: number): FunnelTrace {
    const { trace } = this;
    trace.level = 0;
    trace.firstTouch = -1;
    for (let i = from; i < to && trace.firstTouch < 0; i++) if (block.tags[i]! & 1) trace.firstTouch = i;
    if (this.#any !== undefined) {
      this.#any.follow(block, from, to, trace);
      return trace;
    }
    if (trace.firstTouch < 0) return trace;
    this.#starts.fill(never);
    this.#lasts.fill(never);
    const last = this.#plan.steps.length;
    for (let i = trace.firstTouch; i < to && trace.level < last; i++)
      this.#take(block.times[i]!, block.tags[i]!);
    return trace;
  }

  #take(time: number, tags: number): void {
    if (this.#isPlain) {
      this.#advance(time, tags);
      return;
    }
    this.#derive(time, tags);
    if (this.#plan.order === 'strict') this.#starts.fill(never);
    this.#exclude(tags);
    for (let level = 1; level < this.#fresh.length; level++) {
      if (this.#fresh[level] === 0) continue;
      this.#starts[level] = this.#freshStarts[level]!;
      this.#lasts[level] = time;
    }
  }

  /** In order and without exclusions: from the highest level down, so that each stands on what was there before the event. */
  #advance(time: number, tags: number): void {
    const { steps, windowMs } = this.#plan;
    for (let bits = tags; bits !== 0; ) {
      const level = 32 - Math.clz32(bits);
      bits ^= 1 << (level - 1);
      const start = level === 1 ? time : this.#starts[level - 1]!;
      if (start === never || time - start > windowMs) continue;
      const previous = level === 1 ? time : this.#lasts[level - 1]!;
      if (time - previous > (steps[level - 1]!.withinMs ?? Number.POSITIVE_INFINITY)) continue;
      this.#starts[level] = start;
      this.#lasts[level] = time;
      this.#reach(level, time - start, time - previous);
    }
  }

  /** The levels that the event leads to from where the attempts stood before it. */
  #derive(time: number, tags: number): void {
    const { steps, windowMs } = this.#plan;
    for (let level = steps.length; level >= 1; level--) {
      this.#fresh[level] = 0;
      if ((tags & (1 << (level - 1))) === 0) continue;
      const start = level === 1 ? time : this.#starts[level - 1]!;
      if (start === never || time - start > windowMs) continue;
      const previous = level === 1 ? time : this.#lasts[level - 1]!;
      if (time - previous > (steps[level - 1]!.withinMs ?? Number.POSITIVE_INFINITY)) continue;
      if (this.#isBetween(level, tags)) continue;
      this.#fresh[level] = 1;
      this.#freshStarts[level] = start;
      this.#reach(level, time - start, time - previous);
    }
  }

  #reach(level: number, fromStart: number, fromPrevious: number): void {
    const { trace } = this;
    // derived from the highest down: a level is new only when it is the next one
    if (level !== trace.level + 1) return;
    trace.level = level;
    trace.fromStart[level] = fromStart;
    trace.fromPrevious[level] = fromPrevious;
  }

  /** Whether the event, as this step, would stand amid a stretch that it ends itself. */
  #isBetween(level: number, tags: number): boolean {
    const { steps, exclude } = this.#plan;
    for (let i = 0; i < exclude.length; i++) {
      if ((tags & (1 << (steps.length + i))) === 0) continue;
      if (level > exclude[i]!.after && level < exclude[i]!.before) return true;
    }
    return false;
  }

  #exclude(tags: number): void {
    const { steps, exclude } = this.#plan;
    for (let i = 0; i < exclude.length; i++) {
      if ((tags & (1 << (steps.length + i))) === 0) continue;
      for (let level = exclude[i]!.after; level < exclude[i]!.before; level++) this.#starts[level] = never;
    }
  }
}
