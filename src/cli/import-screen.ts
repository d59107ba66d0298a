/** What a person sees of an import: one line that moves on a terminal, a line every few seconds elsewhere, and the summary. */
import type { Import } from '../import/import.ts';
import { type Output, print } from './context.ts';
import { grouped } from './table.ts';

const terminalIntervalMs = 200;
const lineIntervalMs = 5_000;
const barCharacters = 20;
const clearLine = '\r\x1b[K';

export class ImportScreen {
  readonly #output: Output;
  readonly #monotonic: () => number;
  #timer: NodeJS.Timeout | undefined;
  #isDrawn = false;

  constructor(output: Output, monotonic: () => number) {
    this.#output = output;
    this.#monotonic = monotonic;
  }

  watch(running: Import): void {
    const startedAt = this.#monotonic();
    const isTerminal = this.#output.isTTY === true;
    const show = () => {
      const text = progressText(running, (this.#monotonic() - startedAt) / 1000);
      if (!isTerminal) return print(this.#output, text);
      this.#isDrawn = true;
      this.#output.write(clearLine + text.slice(0, (this.#output.columns ?? 80) - 1));
    };
    this.#timer = setInterval(show, isTerminal ? terminalIntervalMs : lineIntervalMs);
  }

  /** A line that stays. */
  note(text: string): void {
    this.#clear();
    print(this.#output, text);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #clear(): void {
    if (this.#isDrawn) this.#output.write(clearLine);
    this.#isDrawn = false;
  }
}

/** `access.log.gz ████████░░░░ 41 %  1,234,567 rows  81,000/s  12 rejected  0:31 left` */
export function progressText({ progress }: Pick<Import, 'progress'>, seconds: number): string {
  const { input, rows, rejected, share } = progress;
  const rate = seconds > 0 ? Math.round(rows / seconds) : 0;
  const parts = [`${grouped(rows)} rows`, `${grouped(rate)}/s`];
  if (rejected > 0) parts.push(`${grouped(rejected)} rejected`);
  if (share !== undefined && share > 0) {
    const full = Math.round(share * barCharacters);
    const bar = '█'.repeat(full) + '░'.repeat(barCharacters - full);
    parts.unshift(`${bar} ${Math.floor(share * 100)} %`);
    parts.push(`${clockText((seconds * (1 - share)) / share)} left`);
  }
  return [input, ...parts].join('  ');
}

function clockText(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export interface ImportSummary {
  readonly data: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

export function summaryOf(running: Import, seconds: number): ImportSummary {
  const { rows, accepted, rejected } = running.progress;
  const rate = Math.round(accepted / Math.max(seconds, 0.001));
  const reasons = [...running.reasons].sort(([, one], [, other]) => other - one);
  return {
    data: {
      rows,
      accepted,
      rejected,
      reasons: Object.fromEntries(reasons),
      rejectFiles: running.rejectFiles,
      seconds: Math.round(seconds * 100) / 100,
      rowsPerSecond: rate,
    },
    lines: [
      `${grouped(rows)} rows: ${grouped(accepted)} taken (those that the server had already are among them), ${grouped(rejected)} rejected`,
      ...reasons.map(([reason, count]) => `  ${reason}: ${grouped(count)}`),
      `${seconds.toFixed(2)} s, ${grouped(rate)} rows/s`,
    ],
  };
}
