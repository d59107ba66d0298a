/**
 * Prometheus metrics made from the channels: what /metrics shows. Base units (seconds, bytes), names begin with `millrace_`, label
 * values come from closed sets and are cut to a bound, so that no sender can make series without end. One registry a system.
 */
import {
  Counter,
  contentType,
  exposition,
  type Family,
  Gauge,
  Histogram,
  type Sample,
} from './exposition.ts';
import { subscribeMetrics } from './metric-series.ts';
import { Recent } from './recent.ts';
import type { Telemetry } from './telemetry.ts';

/** What can only be read, not heard: asked for at each scrape. */
export interface Readings {
  /** Events accepted and not yet countable. */
  queueLength(): number | Promise<number>;
  /** How long the oldest of them has waited, in milliseconds. */
  lagMs(): number | Promise<number>;
  deadLetters(): number | Promise<number>;
  /** What they hold on disk. */
  logBytes(): number | Promise<number>;
  storeBytes(): number | Promise<number>;
}

/** Connections of one pool; see postgres/postgres-pool.ts. */
export interface PoolReading {
  readonly size: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
  readonly uses: number;
}

/** Makes series; a label value past the bound is counted as `other`. */
export interface SeriesMaker {
  count(name: string, help: string, label?: string): (by: number, value?: string) => void;
  measure(
    name: string,
    help: string,
    buckets: readonly number[],
    label?: string,
  ): (amount: number, value?: string) => void;
  level(name: string, help: string): (amount: number) => void;
  /** One gauge per state that is 1 for the current one and 0 for the others. */
  state(name: string, help: string, states: readonly string[]): (current: string) => void;
}

const prefix = 'millrace_';

export class Metrics {
  readonly contentType = contentType;
  readonly #families: Family[] = [];
  readonly #ends: readonly (() => void)[];
  readonly #collected: Recent;

  /** `startedAt`: epoch ms; `monotonic`: a clock in milliseconds that only grows. */
  constructor(telemetry: Telemetry, startedAt: number, monotonic: () => number) {
    this.#collected = new Recent(monotonic);
    this.#read('start_time_seconds', 'When this process started, as Unix time', () => startedAt / 1000);
    this.#read('process_resident_bytes', 'Memory of this process', () => process.memoryUsage.rss());
    this.#read('collect_recent_events_per_second', 'Events accepted a second over the last minute', () =>
      this.#collected.perSecond(),
    );
    this.#recentQuantiles();
    this.#ends = [
      ...subscribeMetrics(telemetry, this.#maker()),
      telemetry.subscribe('collect.request', (signal) =>
        this.#collected.observe(signal.durationMs, signal.accepted),
      ),
    ];
  }

  /** Adds what is read at each scrape. A reading that fails is left out of that scrape. */
  watch(readings: Readings): void {
    this.#read('queue_length', 'Events accepted and not yet countable', () => readings.queueLength());
    this.#read(
      'queue_lag_seconds',
      'How long the oldest waiting event has waited',
      async () => (await readings.lagMs()) / 1000,
    );
    this.#read('dead_letters', 'Events in quarantine', () => readings.deadLetters());
    this.#read('log_bytes', 'What the log holds on disk', () => readings.logBytes());
    this.#read('store_bytes', 'What the store holds on disk', () => readings.storeBytes());
  }

  /** Adds the connections of pools, by name, read at each scrape. */
  watchPools(readings: () => Readonly<Record<string, PoolReading>>): void {
    const series: readonly (readonly [string, string, (pool: PoolReading) => number])[] = [
      ['connections', 'Connections to PostgreSQL that are open', ({ size }) => size],
      ['connections_in_use', 'Of these, those in use', ({ size, idle }) => size - idle],
      ['connections_max', 'The most that may be open', ({ max }) => max],
      ['waiting', 'Who waits for a connection', ({ waiting }) => waiting],
      ['uses', 'How often a connection was taken, since the start', ({ uses }) => uses],
    ];
    for (const [name, help, value] of series) {
      const read = () =>
        Object.entries(readings()).map(([pool, reading]) => ({
          suffix: '',
          labels: { pool },
          value: value(reading),
        }));
      this.#add(new Gauge(`${prefix}postgres_pool_${name}`, help, read));
    }
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    return exposition(this.#families);
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#families.length = 0;
  }

  #add<F extends Family>(family: F): F {
    this.#families.push(family);
    return family;
  }

  #read(name: string, help: string, reading: () => number | Promise<number>): void {
    const read = async () => {
      try {
        return [plain(await reading())];
      } catch {
        return [];
      }
    };
    this.#add(new Gauge(prefix + name, help, read));
  }

  #recentQuantiles(): void {
    const help = 'How long requests to collect took over the last minute';
    const read = () =>
      [0.5, 0.95, 0.99].flatMap((quantile) => {
        const durationMs = this.#collected.quantileMs(quantile);
        const labels = { quantile: String(quantile) };
        return durationMs === undefined ? [] : [{ suffix: '', labels, value: durationMs / 1000 }];
      });
    this.#add(new Gauge(`${prefix}collect_recent_duration_seconds`, help, read));
  }

  #maker(): SeriesMaker {
    return {
      count: (name, help, label) => {
        const counter = this.#add(new Counter(prefix + name, help, label));
        return (by, labelValue) => counter.add(by, labelValue);
      },
      measure: (name, help, buckets, label) => {
        const histogram = this.#add(new Histogram(prefix + name, help, buckets, label));
        return (amount, labelValue) => histogram.observe(amount, labelValue);
      },
      level: (name, help) => {
        let level = 0;
        this.#add(new Gauge(prefix + name, help, () => [plain(level)]));
        return (amount) => {
          level = amount;
        };
      },
      state: (name, help, states) => {
        let samples: readonly Sample[] = [];
        this.#add(new Gauge(prefix + name, help, () => samples));
        return (current) => {
          samples = states.map((state) => ({
            suffix: '',
            labels: { state },
            value: state === current ? 1 : 0,
          }));
        };
      },
    };
  }
}

function plain(value: number): Sample {
  return { suffix: '', labels: {}, value };
}
