/**
 * Prometheus metrics made from the channels: what /metrics shows. Base units (seconds, bytes), names begin with `millrace_`, label
 * values come from closed sets and are cut to a bound, so that no sender can make series without end. One registry a system.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
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

const labelValuesMax = 100;
const prefix = 'millrace_';

export class Metrics {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #ends: readonly (() => void)[];
  readonly #collected: Recent;

  /** `startedAt`: epoch ms; `monotonic`: a clock in milliseconds that only grows. */
  constructor(telemetry: Telemetry, startedAt: number, monotonic: () => number) {
    this.contentType = this.#registry.contentType;
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

  /** Collecting over the last minute, for the status page. Undefined durations: nothing was collected. */
  recent(): { eventsPerSecond: number; p95Ms: number | undefined; p99Ms: number | undefined } {
    return {
      eventsPerSecond: this.#collected.perSecond(),
      p95Ms: this.#collected.quantileMs(0.95),
      p99Ms: this.#collected.quantileMs(0.99),
    };
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
      new Gauge({
        name: `${prefix}postgres_pool_${name}`,
        help,
        labelNames: ['pool'],
        registers: [this.#registry],
        collect() {
          this.reset();
          for (const [pool, reading] of Object.entries(readings())) this.set({ pool }, value(reading));
        },
      });
    }
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#registry.clear();
  }

  #read(name: string, help: string, reading: () => number | Promise<number>): void {
    new Gauge({
      name: prefix + name,
      help,
      registers: [this.#registry],
      async collect() {
        try {
          this.set(await reading());
        } catch {
          this.remove();
        }
      },
    });
  }

  #recentQuantiles(): void {
    const recent = this.#collected;
    new Gauge({
      name: `${prefix}collect_recent_duration_seconds`,
      help: 'How long requests to collect took over the last minute',
      labelNames: ['quantile'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const quantile of [0.5, 0.95, 0.99]) {
          const durationMs = recent.quantileMs(quantile);
          if (durationMs !== undefined) this.set({ quantile }, durationMs / 1000);
        }
      },
    });
  }

  #maker(): SeriesMaker {
    const registers = [this.#registry];
    return {
      count(name, help, label) {
        const counter = new Counter({
          name: prefix + name,
          help,
          registers,
          labelNames: label ? [label] : [],
        });
        if (label === undefined) return (by) => counter.inc(by);
        const child = bounded((value) => counter.labels(value));
        return (by, value = 'none') => child(value).inc(by);
      },
      measure(name, help, buckets, label) {
        const labelNames = label ? [label] : [];
        const histogram = new Histogram({
          name: prefix + name,
          help,
          registers,
          labelNames,
          buckets: [...buckets],
        });
        if (label === undefined) return (amount) => histogram.observe(amount);
        const child = bounded((value) => histogram.labels(value));
        return (amount, value = 'none') => child(value).observe(amount);
      },
      level(name, help) {
        const gauge = new Gauge({ name: prefix + name, help, registers });
        return (amount) => gauge.set(amount);
      },
      state(name, help, states) {
        const gauge = new Gauge({ name: prefix + name, help, registers, labelNames: ['state'] });
        return (current) => {
          for (const state of states) gauge.set({ state }, state === current ? 1 : 0);
        };
      },
    };
  }
}

/** Remembers the series of each label value, up to the bound. */
function bounded<S>(make: (value: string) => S): (value: string) => S {
  const known = new Map<string, S>();
  return (value) => {
    const name = known.has(value) || known.size < labelValuesMax ? value : 'other';
    let series = known.get(name);
    if (series === undefined) {
      series = make(name);
      known.set(name, series);
    }
    return series;
  };
}
