/**
 * A summary and a trend, never from the cache, against the engine asked directly over its socket with hand-written SQL for the
 * same numbers, in turn; and how much longer they take with more events. EVENTS (1000000) are the sizes of the data sets:
 * `EVENTS=10000000,100000000`. They are made anew, unless BENCH_DATA names a directory where they are kept.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import { Asker } from '../questions/asker.ts';
import { embeddedData } from '../questions/embedded-data.ts';
import { askByHand } from '../questions/hand-written.ts';
import { askKind, type Kind, kinds, rangeOf } from '../questions/questions.ts';
import { type DataSetShape, days } from '../questions/rows-in-sql.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { MillraceServer } from '../servers.ts';
import { median, quantile } from '../statistics.ts';

const sizes = (process.env.EVENTS ?? '1000000').split(',').map(Number);
const askedMin = 40;
const asked = 200;
const warmUps = 20;

export const questionsRow: Row = {
  name: 'questions',
  async run(context: BenchContext): Promise<readonly Figure[]> {
    const sets: Subject[] = [];
    try {
      for (const events of sizes) sets.push(await Subject.open(context, events));
      const turns = Math.max(askedMin, Math.round(asked * context.scale));
      for (let turn = -warmUps; turn < turns; turn++) {
        if (turn === 0) for (const set of sets) set.forget();
        for (const set of sets) for (const kind of kinds) await set.askBoth(kind, turn);
      }
    } finally {
      for (const set of sets) await set.close();
    }
    const pairs = sets.slice(1).map((larger, index) => [sets[index]!, larger] as const);
    return [
      ...sets.flatMap((set) => kinds.map((kind) => speed(kind, set))),
      ...pairs.flatMap(([smaller, larger]) => kinds.map((kind) => growth(kind, smaller, larger))),
    ];
  },
};

interface Side {
  /** Milliseconds by turn. */
  readonly times: number[];
  /** Of server and engine together. */
  cpuSeconds: number;
}

/** A server on a data set, and what it and its engine alone took to answer. */
class Subject {
  readonly data: DataSetShape;
  readonly #server: MillraceServer;
  readonly #asker: Asker;
  readonly #engine: ClickHouseClient;
  #taken = nothingTaken();

  private constructor(data: DataSetShape, server: MillraceServer, socketPath: string) {
    this.data = data;
    this.#server = server;
    this.#asker = new Asker(server.server.base);
    this.#engine = new ClickHouseClient({ socketPath, database: 'millrace' });
  }

  static async open({ directory, say }: BenchContext, events: number): Promise<Subject> {
    const kept = join(process.env.BENCH_DATA ?? directory, `embedded-${events}`);
    mkdirSync(kept, { recursive: true });
    const data = await embeddedData(kept, events, say);
    const temporary = join(directory, `t${events}`);
    mkdirSync(temporary);
    const server = await MillraceServer.open(kept, {
      MILLRACE_ENGINE_TMP: temporary,
      MILLRACE_CACHE_BYTES_MAX: '0',
    });
    return new Subject(data, server, socketBelow(temporary));
  }

  /** Errors: when the two answers count differently. */
  async askBoth(kind: Kind, turn: number): Promise<void> {
    const range = rangeOf(this.data, days, turn < 0 ? 1_000 - turn : turn);
    const sides = [
      { side: this.#taken[kind].ours, ask: () => askKind(this.#asker.ask, kind, range) },
      { side: this.#taken[kind].direct, ask: () => askByHand(this.#engine, kind, range) },
    ] as const;
    const counts: number[] = [];
    for (const { side, ask } of turn % 2 === 0 ? sides : sides.toReversed()) {
      const cpuBefore = this.#server.cpuSeconds();
      const startedAt = performance.now();
      counts.push(await ask());
      side.times.push(performance.now() - startedAt);
      side.cpuSeconds += this.#server.cpuSeconds() - cpuBefore;
    }
    if (counts[0] !== counts[1] || counts[0] === 0)
      throw new Error(`the ${kind} counts ${counts.join(' and ')} events`);
  }

  forget(): void {
    this.#taken = nothingTaken();
  }

  taken(kind: Kind): { readonly ours: Side; readonly direct: Side } {
    return this.#taken[kind];
  }

  async close(): Promise<void> {
    this.#asker.close();
    await this.#engine.close();
    await this.#server.close();
  }
}

function nothingTaken(): Record<Kind, { ours: Side; direct: Side }> {
  const side = (): Side => ({ times: [], cpuSeconds: 0 });
  return { summary: { ours: side(), direct: side() }, trend: { ours: side(), direct: side() } };
}

export function socketBelow(directory: string): string {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).find((each) =>
    each.isSocket(),
  );
  if (found === undefined) throw new Error(`there is no socket below ${directory}`);
  return join(found.parentPath, found.name);
}

const millions = ({ data }: Subject): string => `${data.events / 1_000_000} M events`;

function speed(kind: Kind, set: Subject): Figure {
  const { ours, direct } = set.taken(kind);
  const [own, best] = [quantile(ours.times, 0.95), quantile(direct.times, 0.95)];
  const cpuMs = ({ cpuSeconds, times }: Side) => ((1000 * cpuSeconds) / times.length).toFixed(1);
  return {
    name: `${kind} at ${millions(set)}, uncached p95`,
    baseline: 'the engine asked directly, hand-written SQL',
    value: `${own.toFixed(1)} ms against ${best.toFixed(1)}`,
    samples: ours.times.map((each, turn) => each / direct.times[turn]!),
    reach: '1.3× + 3 ms',
    aim: '1.2× + 1 ms',
    isReached: own <= 1.3 * best + 3,
    detail: `p50 ${median(ours.times).toFixed(1)} against ${median(direct.times).toFixed(1)} ms; processor ${cpuMs(ours)} against ${cpuMs(direct)} ms; ${ours.times.length} questions each, in turn, about 30 of ${days} days`,
  };
}

function growth(kind: Kind, smaller: Subject, larger: Subject): Figure {
  const [before, after] = [smaller.taken(kind).ours.times, larger.taken(kind).ours.times];
  const ratio = quantile(after, 0.95) / quantile(before, 0.95);
  return {
    name: `growth of the ${kind} from ${millions(smaller)} to ${millions(larger)}`,
    baseline: 'itself',
    value: `${ratio.toFixed(2)}×`,
    samples: after.map((each, turn) => each / before[turn]!),
    reach: '1.5×',
    aim: '1.1×',
    isReached: ratio <= 1.5,
    detail: `of the p95; ${(median(after) / median(before)).toFixed(2)}× of the p50`,
  };
}
