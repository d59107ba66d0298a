/**
 * Questions about groups, about people over time and about an experiment, never from the cache, each against SQL written by hand for the
 * same number and asked of the engine over its socket, in turn. EVENTS (1000000) is the size of the data set; BENCH_DATA as in questions.ts. Every kind is
 * given so much time, so that all of them take some minutes on any machine. `ONLY=funnel,sessions` asks some of them.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import { type AnalysisKind, analyses, askOne } from '../questions/analyses.ts';
import { analyzeByHand } from '../questions/analyses-by-hand.ts';
import { Asker } from '../questions/asker.ts';
import { embeddedData } from '../questions/embedded-data.ts';
import { experimentByHand, experiments } from '../questions/experiments.ts';
import { type Range, rangeOf } from '../questions/questions.ts';
import { type DataSetShape, days } from '../questions/rows-in-sql.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { MillraceServer } from '../servers.ts';
import { median, quantile } from '../statistics.ts';
import { socketBelow } from './questions.ts';

const events = Number((process.env.EVENTS ?? '1000000').split(',')[0]);
const asked = process.env.ONLY?.split(',');
const kindMs = 18_000;
/** The scale that is usual; with a smaller one less is asked. */
const scaleOfDevelopment = 0.2;
const turnsMin = 6;
const turnsMax = 60;
const warmUps = 1;
/** Ours may count otherwise by this share: events of one millisecond have no order in SQL by hand. */
const tolerance = 0.001;
/** Twice that of heap-watch.ts and a little. */
const watchMs = 60;
const watcher = new URL('../heap-watch.ts', import.meta.url).href;
const heapBytesMax = 50_000_000;

/** What a row asks, and of which data set: a directory below BENCH_DATA, by its name's begin. */
interface Questions<Name extends string> {
  readonly row: string;
  readonly kinds: Readonly<Record<Name, AnalysisKind>>;
  readonly byHand: (engine: ClickHouseClient, name: Name, range: Range) => Promise<number>;
  readonly dataSet: string;
  /** In the name of the figure of memory. */
  readonly about: string;
  readonly isExperiment?: boolean;
}

export const analysesRow = rowOf({
  ...{ row: 'analyses', kinds: analyses, byHand: analyzeByHand, dataSet: 'embedded' },
  about: 'such a question',
});

export const experimentsRow = rowOf({
  ...{ row: 'experiments', kinds: experiments, byHand: experimentByHand },
  ...{ dataSet: 'embedded-experiment', isExperiment: true },
  about: 'a question about an experiment',
});

function rowOf<Name extends string>(questions: Questions<Name>): Row {
  return { name: questions.row, run: (context) => run(questions, context) };
}

async function run<Name extends string>(
  questions: Questions<Name>,
  context: BenchContext,
): Promise<readonly Figure[]> {
  const subject = await Subject.open(context, questions);
  const figures: Figure[] = [];
  let growth = { name: '', bytes: 0 };
  try {
    const names = Object.keys(questions.kinds) as Name[];
    for (const name of names.filter((one) => asked?.includes(one) ?? true)) {
      figures.push(
        speed(
          questions.kinds[name],
          subject.data,
          await subject.askFor(name, kindMs * Math.min(1, context.scale / scaleOfDevelopment)),
        ),
      );
      context.say(`${figures.at(-1)!.name}: ${figures.at(-1)!.value}; ${figures.at(-1)!.detail}`);
      const bytes = await subject.growthOf(name);
      if (bytes > growth.bytes) growth = { name: questions.kinds[name].name, bytes };
    }
  } finally {
    await subject.close();
  }
  return [...figures, memory(questions.about, growth)];
}

interface Side {
  /** Milliseconds by turn. */
  readonly times: number[];
  /** Of server and engine together. */
  cpuSeconds: number;
}
interface Taken {
  readonly ours: Side;
  readonly direct: Side;
}

/** A server on the data set, and its engine alone. */
class Subject<Name extends string> {
  readonly data: DataSetShape;
  readonly #server: MillraceServer;
  readonly #asker: Asker;
  readonly #engine: ClickHouseClient;
  readonly #heapFile: string;
  readonly #questions: Questions<Name>;
  #turn = 0;

  private constructor(
    questions: Questions<Name>,
    data: DataSetShape,
    server: MillraceServer,
    temporary: string,
  ) {
    this.#questions = questions;
    this.data = data;
    this.#server = server;
    this.#heapFile = heapFileIn(temporary);
    this.#asker = new Asker(server.server.base);
    this.#engine = new ClickHouseClient({ socketPath: socketBelow(temporary), database: 'millrace' });
  }

  static async open<Name extends string>(
    { directory, say }: BenchContext,
    questions: Questions<Name>,
  ): Promise<Subject<Name>> {
    const { dataSet, isExperiment } = questions;
    const kept = join(process.env.BENCH_DATA ?? directory, `${dataSet}-${events}`);
    mkdirSync(kept, { recursive: true });
    const data = await embeddedData(kept, events, say, { ...(isExperiment && { isExperiment }) });
    const temporary = join(directory, 't');
    mkdirSync(temporary);
    const server = await MillraceServer.open(kept, {
      MILLRACE_ENGINE_TMP: temporary,
      MILLRACE_CACHE_BYTES_MAX: '0',
      BENCH_HEAP_FILE: heapFileIn(temporary),
      NODE_OPTIONS: `--import=${watcher}`,
    });
    return new Subject(questions, data, server, temporary);
  }

  /** Errors: when the two answers differ. */
  async askFor(name: Name, ms: number): Promise<Taken> {
    const taken = { ours: nothing(), direct: nothing() };
    for (let i = 0; i < warmUps; i++) await this.#both(name, taken);
    const { ours, direct } = { ours: nothing(), direct: nothing() };
    const endsAt = performance.now() + ms;
    while (ours.times.length < turnsMin || (performance.now() < endsAt && ours.times.length < turnsMax))
      await this.#both(name, { ours, direct });
    return { ours, direct };
  }

  async #both(name: Name, { ours, direct }: Taken): Promise<void> {
    const range = this.#nextRange();
    const { kinds, byHand } = this.#questions;
    const sides = [
      { side: ours, ask: () => askOne(this.#asker.ask, kinds[name], range) },
      { side: direct, ask: () => byHand(this.#engine, name, range) },
    ] as const;
    const numbers: number[] = [];
    const isOursFirst = this.#turn % 2 === 0;
    for (const { side, ask } of isOursFirst ? sides : sides.toReversed()) {
      const cpuBefore = this.#server.cpuSeconds();
      const startedAt = performance.now();
      numbers.push(await ask());
      side.times.push(performance.now() - startedAt);
      side.cpuSeconds += this.#server.cpuSeconds() - cpuBefore;
    }
    const [a, b] = (isOursFirst ? numbers : numbers.toReversed()) as [number, number];
    if (Math.abs(a - b) > tolerance * a)
      throw new Error(`${kinds[name].name} comes to ${a}, by hand to ${b}`);
  }

  /** How many bytes more of the server's heap are in use while it answers; 0 when nobody watches (BENCH_NODE_OPTIONS). */
  async growthOf(name: Name): Promise<number> {
    if (process.env.BENCH_NODE_OPTIONS !== undefined) return 0;
    const [before] = this.#heap();
    rmSync(this.#heapFile);
    await askOne(this.#asker.ask, this.#questions.kinds[name], this.#nextRange());
    await setTimeout(watchMs);
    const [, most] = this.#heap();
    return most - before;
  }

  #heap(): [used: number, most: number] {
    return readFileSync(this.#heapFile, 'utf8').split(' ').map(Number) as [number, number];
  }

  #nextRange(): Range {
    return rangeOf(this.data, days, this.#turn++);
  }

  async close(): Promise<void> {
    this.#asker.close();
    await this.#engine.close();
    await this.#server.close();
  }
}

const heapFileIn = (temporary: string): string => join(temporary, 'heap');

const nothing = (): Side => ({ times: [], cpuSeconds: 0 });

function speed({ name: told, reachMs }: AnalysisKind, data: DataSetShape, { ours, direct }: Taken): Figure {
  const [own, best] = [quantile(ours.times, 0.95), quantile(direct.times, 0.95)];
  const cpuMs = ({ cpuSeconds, times }: Side): number => (1000 * cpuSeconds) / times.length;
  const ratios = ours.times.map((each, turn) => each / direct.times[turn]!);
  return {
    name: `${told} at ${data.events / 1_000_000} M events, uncached p95`,
    baseline: 'the engine asked directly, hand-written SQL',
    value: `${own.toFixed(0)} ms against ${best.toFixed(0)}`,
    samples: ratios,
    reach: `${reachMs} ms, 1.3×`,
    aim: '1.1×',
    isReached: own < reachMs && median(ratios) <= 1.3,
    detail: `p50 ${median(ours.times).toFixed(0)} against ${median(direct.times).toFixed(0)} ms, ${median(ratios).toFixed(2)}× in pairs; processor ${cpuMs(ours).toFixed(0)} against ${cpuMs(direct).toFixed(0)} ms; ${ours.times.length} questions each, in turn, about 30 of ${days} days`,
  };
}

const memory = (about: string, { name, bytes }: Readonly<{ name: string; bytes: number }>): Figure => ({
  name: `heap of the server while it answers ${about}`,
  baseline: '(absolute)',
  value: `${(bytes / 1e6).toFixed(0)} MB more at most`,
  samples: [bytes],
  reach: `${heapBytesMax / 1e6} MB`,
  aim: '',
  isReached: bytes < heapBytesMax,
  detail: `in use at most, garbage included, against before; most for ${name}`,
});
