/** How long each step took over all slices of one request; published once at its end, and not kept when nobody listens. */
import type { Clock } from '../clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Candidate, CollectContext } from './candidate.ts';
import type { Step } from './steps.ts';

export class StepTimes {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #isOn: boolean;
  readonly #times = new Map<string, { durationMs: number; events: number }>();

  constructor(clock: Clock, telemetry: Telemetry) {
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#isOn = telemetry.listened('collect.step');
  }

  async run(step: Step, slice: readonly Candidate[], context: CollectContext): Promise<void> {
    const startedAt = this.#isOn ? this.#clock.monotonic() : 0;
    const pending = step.run(slice, context);
    if (pending !== undefined) await pending;
    if (this.#isOn) this.#add(step.name, this.#clock.monotonic() - startedAt, slice.length);
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

  publish(): void {
    for (const [step, time] of this.#times) this.#telemetry.publish('collect.step', { step, ...time });
  }
}
