/**
 * What prints: one line for what a person should know, made from the channels. JSON for machines, text for terminals. Secrets are
 * masked here, in one place. A line that would repeat many times a second is printed once in ten seconds with the number left out.
 */
import { pino } from 'pino';
import { maskText, maskValue } from './mask.ts';
import type { Telemetry } from './telemetry.ts';
import { type LineSink, textStream } from './text-stream.ts';

export type ReportLevel = 'debug' | 'info' | 'warn' | 'error';

export interface ReporterOptions {
  readonly level: ReportLevel | 'silent';
  readonly format: 'json' | 'text';
  readonly colored: boolean;
  /** Lines go here as they are made; nothing is buffered. */
  readonly sink: LineSink;
  /** Exact texts that must never be printed. */
  readonly secrets: readonly string[];
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
}

const quietMs = 10_000;
const throttledNamesMax = 1000;
type Fields = Readonly<Record<string, unknown>>;

export class Reporter {
  readonly #options: ReporterOptions;
  readonly #pino: ReturnType<typeof pino>;
  readonly #ends: (() => void)[] = [];
  #ending = false;
  readonly #throttled = new Map<string, { printedAt: number; left: number }>();

  constructor(options: ReporterOptions) {
    this.#options = options;
    const sink = options.format === 'json' ? options.sink : textStream(options.sink, options.colored);
    this.#pino = pino(
      {
        level: options.level,
        base: null,
        messageKey: 'message',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      { write: (line: string) => void sink.write(line) },
    );
  }

  report(level: ReportLevel, message: string, fields: Fields = {}): void {
    const { secrets } = this.#options;
    this.#pino[level](maskValue(fields, secrets) as object, '%s', maskText(message, secrets));
  }

  /** Prints what the channels say until `close`. */
  listen(telemetry: Telemetry): void {
    this.#ends.push(
      telemetry.subscribe('note', ({ level, message, fields }) => this.report(level, message, fields)),
      telemetry.subscribe('log.recovered', (signal) =>
        signal.cutBytes === 0
          ? this.report('debug', 'the log is open', signal)
          : this.report('warn', 'a torn tail of the log was cut; nothing acknowledged was in it', signal),
      ),
      telemetry.subscribe('log.refused', (signal) =>
        this.#seldom(`log.refused ${signal.code}`, 'warn', 'the log refuses events', signal),
      ),
      telemetry.subscribe('log.trimmed', (signal) => this.report('debug', 'the log was trimmed', signal)),
      telemetry.subscribe('writer.mode', (signal) =>
        this.report('debug', 'the writer changed its mode', signal),
      ),
      // the writer says in a note when it begins to wait and when it goes on; each attempt is for those who look closely
      telemetry.subscribe('writer.retry', (signal) => this.report('debug', 'a batch is tried again', signal)),
      telemetry.subscribe('writer.reconciled', (signal) =>
        this.report('info', 'an unclear batch was read back from the store', signal),
      ),
      telemetry.subscribe('writer.quarantined', (signal) =>
        this.#seldom(`writer.quarantined ${signal.reason}`, 'warn', 'events went to quarantine', signal),
      ),
      telemetry.subscribe('store.slow', (signal) =>
        this.#seldom(`store.slow ${signal.kind}`, 'warn', 'a question was slow', signal),
      ),
      telemetry.subscribe('store.failed', (signal) =>
        this.#seldom(`store.failed ${signal.code}`, 'warn', 'the store failed', signal),
      ),
      telemetry.subscribe('store.repaired', (signal) =>
        this.report('info', 'rollups were rebuilt from the events', signal),
      ),
      telemetry.subscribe('engine.state', (signal) => this.#engine(signal.state, signal.reason)),
      telemetry.subscribe('postgres.busy', (signal) =>
        this.report('warn', 'nearly all connections of a pool to PostgreSQL are in use', signal),
      ),
      telemetry.subscribe('postgres.replica', ({ state, ...fields }) =>
        state === 'used'
          ? this.report('info', 'questions go to the replica', fields)
          : this.report('warn', 'questions go to the primary, as the replica will not do', fields),
      ),
      telemetry.subscribe('http.request', (signal) => {
        if (signal.status >= 500) {
          this.#seldom(
            `http ${signal.route} ${signal.status}`,
            'warn',
            'a request failed on the side of the server',
            signal,
          );
        }
      }),
    );
  }

  /** From now on it is no news that the engine goes down. */
  expectEnd(): void {
    this.#ending = true;
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #engine(state: 'starting' | 'ready' | 'down', reason: string): void {
    if (state === 'down' && !this.#ending) {
      this.report('warn', 'the engine is down; events are still accepted', { reason });
    } else
      this.report(
        state === 'ready' ? 'info' : 'debug',
        `the engine is ${state}`,
        reason === '' ? {} : { reason },
      );
  }

  /** Prints at most one line per name in `quietMs`. */
  #seldom(name: string, level: ReportLevel, message: string, fields: Fields): void {
    const now = this.#options.monotonic();
    const last = this.#throttled.get(name);
    if (last !== undefined && now - last.printedAt < quietMs) {
      last.left += 1;
      return;
    }
    if (this.#throttled.size >= throttledNamesMax) this.#throttled.clear();
    this.#throttled.set(name, { printedAt: now, left: 0 });
    this.report(
      level,
      message,
      last === undefined || last.left === 0 ? fields : { ...fields, leftOut: last.left },
    );
  }
}
