/**
 * How long each step took over all slices of one request; published once at its end. One request in so many is timed, the first
 * among them: for a small one, two looks at the clock and a signal for each step cost as much as the steps.
 */
import type { Clock } from '../clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Candidate, CollectContext } from './candidate.ts';
import type { Step } from './steps.ts';

const requestsPerTimed = 64;

type Running = Promise<void> | undefined;

export interface StepRunner {
  /** A promise only when the step has to wait for something. */
  run(step: Step, slice: readonly Candidate[], context: CollectContext): Running;
  publish(): void;
}

const untimed: StepRunner = {
  run: (step, slice, context) => step.run(slice, context) as Running,
  publish() {},
};

export class StepSampler {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  #requests = 0;

  constructor(clock: Clock, telemetry: Telemetry) {
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  /** What the next request's steps run on. */
  next(): StepRunner {
    const isTimed = this.#requests++ % requestsPerTimed === 0 && this.#telemetry.listened('collect.step');
    return isTimed ? new StepTimes(this.#clock, this.#telemetry) : untimed;
  }
}

class StepTimes implements StepRunner {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #times = new Map<string, { durationMs: number; events: number }>();

  constructor(clock: Clock, telemetry: Telemetry) {
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  run(step: Step, slice: readonly Candidate[], context: CollectContext): Running {
    const startedAt = this.#clock.monotonic();
    const done = () => this.#add(step.name, this.#clock.monotonic() - startedAt, slice.length);
    const pending = step.run(slice, context);
    if (pending !== undefined) return pending.then(done);
    done();
    return undefined;
  }

  publish(): void {
    for (const [step, time] of this.#times) this.#telemetry.publish('collect.step', { step, ...time });
  }

  #add(name: string, durationMs: number, events: number): void {
    const time = this.#times.get(name);
    if (time === undefined) {
      this.#times.set(name, { durationMs, events });
    } else {
      time.durationMs += durationMs;
      time.events += events;
    }
  }
}
