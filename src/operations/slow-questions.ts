/**
 * The questions that somebody waited long for: the last ones of this process, so that whoever looks after a server sees what to narrow, to
 * sample, or to ask more seldom. They are gone with the process; the metrics have the long run.
 */
import type { Signals } from '../telemetry/signals.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

export interface SlowQuestion {
  /** When it ended, ISO 8601. */
  readonly at: string;
  readonly project: string;
  readonly kind: string;
  readonly durationMs: number;
  /** `answered`, or the code of the error. */
  readonly outcome: string;
  /** What it was answered from; null when it was not. */
  readonly source: string | null;
  readonly rowsRead: number | null;
  /** As it was sent; null when it is longer than `planBytesMax`. */
  readonly plan: unknown;
}

const keptMax = 100;
const planBytesMax = 4_096;

export class SlowQuestions {
  readonly #now: () => number;
  readonly #stop: () => void;
  #kept: readonly SlowQuestion[] = [];

  /** `now`: epoch ms. */
  constructor(telemetry: Telemetry, now: () => number) {
    this.#now = now;
    this.#stop = telemetry.subscribe('query.slow', (signal) => this.#keep(signal));
  }

  /** The newest first. */
  recent(): readonly SlowQuestion[] {
    return this.#kept;
  }

  close(): void {
    this.#stop();
  }

  #keep({ project, kind, plan, durationMs, outcome, source, rowsRead }: Signals['query.slow']): void {
    const question = {
      at: new Date(this.#now()).toISOString(),
      project,
      kind,
      durationMs: Math.round(durationMs),
      outcome,
      source: source ?? null,
      rowsRead: rowsRead ?? null,
      plan: copied(plan),
    };
    this.#kept = [question, ...this.#kept].slice(0, keptMax);
  }
}

/** What a signal holds is not ours to keep. */
function copied(plan: unknown): unknown {
  const text = JSON.stringify(plan) ?? 'null';
  return Buffer.byteLength(text) > planBytesMax ? null : (JSON.parse(text) as unknown);
}
