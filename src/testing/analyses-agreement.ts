/**
 * Promises 11 and 12 of store.ts on generated worlds: a store's analyses give what the evaluator gives of the same rows, link
 * events among them, and also of what is linked or undone in between.
 */
import fc from 'fast-check';
import type { EventRow } from '../event/event-row.ts';
import { openHasher } from '../event/hasher.ts';
import type { Analyses } from '../store/analyses.ts';
import type { ExperimentRows } from '../store/experiments.ts';
import { MemoryAnalyses } from '../store/memory/memory-analyses.ts';
import type { Store } from '../store/store.ts';
import { type AgreementOptions, account, text, wideBudget } from './agreement.ts';
import { type AnalysisQuestion, analysesAbout, analysisIn, peopleWorlds } from './analysis-generators.ts';
import { experimentsAbout, experimentWorlds } from './experiment-generators.ts';
import type { World } from './generators.ts';
import { insertRows } from './rows.ts';

/** What is generated: rows, and questions about them. */
interface Subject {
  readonly worlds: (rowsMax: number) => fc.Arbitrary<World>;
  readonly questions: (world: World) => fc.Arbitrary<AnalysisQuestion>;
}

const people: Subject = { worlds: peopleWorlds, questions: (world) => analysesAbout(world) };
const experiments: Subject = {
  worlds: experimentWorlds,
  questions: (world) =>
    experimentsAbout(world).map((question) => ({ kind: 'experiment', question }) as const),
};

export const checkAnalyses = (store: Store, options: AgreementOptions = {}): Promise<void> =>
  check(store, people, options);
export const checkExperiments = (store: Store, options: AgreementOptions = {}): Promise<void> =>
  check(store, experiments, options);

/** Rejects with a readable account of the first difference. Rows come in two halves, and each is asked about. Writes to two partitions. */
async function check(store: Store, subject: Subject, options: AgreementOptions): Promise<void> {
  const { partition = 0, rowsMax = 60, plansPerWorld = 20 } = options;
  const { hash64 } = await openHasher();
  // two partitions, so that the order of arrival is not that of offsets
  const partitions = [partition, partition + 1];
  const offsets = partitions.map(() => options.firstOffset ?? 0);
  let round = 0;
  const cases = subject
    .worlds(rowsMax)
    .chain((world) =>
      fc.tuple(
        fc.constant(world),
        fc.array(subject.questions(world), { minLength: 1, maxLength: plansPerWorld, size: 'max' }),
      ),
    );
  const property = fc.asyncProperty(cases, async ([world, questions]) => {
    round += 1;
    const name = (project: string): string => `${project}-analyses-${partition}-${round}`;
    const rows = world.rows.map((row, i) => {
      const own = (i >> 1) % partitions.length;
      const place = { partition: partitions[own]!, offset: offsets[own]!++ };
      const eventId = `a-${place.partition}-${place.offset}`;
      return { ...row, ...place, project: name(row.project), eventId };
    });
    const half = Math.floor(rows.length / 2);
    const asked = questions.map((one) => analysisIn(name('p'), one));
    for (const [from, to] of [
      [0, half],
      [half, rows.length],
    ] as const) {
      for (const one of partitions) {
        const some = rows.slice(from, to).filter((row) => row.partition === one);
        await insertRows(store, one, some);
      }
      const evaluator = new MemoryAnalyses(() => rows.slice(0, to), hash64);
      for (const one of asked.slice(0, to === half ? 4 : undefined))
        await compare(store, evaluator, one, rows.slice(0, to));
    }
    for (const id of idsOf(rows)) {
      const evaluator = new MemoryAnalyses(() => rows, hash64);
      const [got, wanted] = [store.analyses!, evaluator].map((one) => one.person(name('p'), id));
      if ((await got) !== (await wanted)) throw new Error(`${id} is ${await got}, not ${await wanted}`);
    }
  });
  const result = await fc.check(property, {
    numRuns: options.worlds ?? 20,
    endOnFailure: options.shrink === false,
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(options.path !== undefined && { path: options.path }),
  });
  if (!result.failed) return;
  const error = result.errorInstance;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  throw new Error(
    `the store and the evaluator differ (seed: ${result.seed}, path: '${result.counterexamplePath}')\n${reason}`,
    { cause: error instanceof Error ? error.cause : undefined },
  );
}

const idsOf = (rows: readonly EventRow[]): ReadonlySet<string> =>
  new Set(
    rows.slice(0, 5).flatMap((row) => [row.userId, row.anonymousId, 'nobody'].filter((id) => id !== '')),
  );

async function compare(
  store: Store,
  evaluator: Analyses,
  asked: AnalysisQuestion,
  rows: readonly EventRow[],
): Promise<void> {
  const wanted = await linesOf(evaluator, asked);
  const got = await linesOf(store.analyses!, asked).catch((cause: unknown) => {
    throw new Error(account(asked, rows, `the store fails: ${String(cause)}`), { cause });
  });
  if (got.join('\n') === wanted.join('\n')) return;
  const difference = [...wanted.map((line) => `  - ${line}`), ...got.map((line) => `  + ${line}`)];
  throw new Error(account(asked, rows, 'answers differ (- evaluator, + store)', difference));
}

/** The answer as text: in order where it has one. */
async function linesOf(analyses: Analyses, { kind, question }: AnalysisQuestion): Promise<readonly string[]> {
  const signal = new AbortController().signal;
  switch (kind) {
    case 'sequences':
      return sequenceLines(analyses.sequences(question, wideBudget, signal));
    case 'retention':
      return retentionLines(analyses.retention(question, wideBudget, signal));
    case 'sessions':
      return (await analyses.sessions(question, wideBudget, signal)).map(text);
    case 'people':
      return (await analyses.people(question, wideBudget, signal)).map(text);
    case 'experiment':
      return experimentLines(await analyses.experiment(question, wideBudget, signal));
    default:
      return kind satisfies never;
  }
}

/** How it was found may differ. */
function experimentLines({ variants, goals, mixed, unassigned }: ExperimentRows): readonly string[] {
  return [text({ goals, mixed, unassigned }), ...variants.map(text)];
}

async function sequenceLines(blocks: ReturnType<Analyses['sequences']>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { keys, ends, times, tags, codes } of blocks) {
    let from = 0;
    for (const [i, to] of ends.entries()) {
      const events = [...times.subarray(from, to)].map((time, k) => {
        const code = codes === undefined ? '' : ` code ${codes[from + k]}`;
        return `${new Date(time).toISOString()} tags ${tags[from + k]}${code}`;
      });
      lines.push(`${keys[i]}: ${events.join(', ')}`);
      from = to;
    }
    if (from !== times.length || times.length !== tags.length)
      throw new Error('the columns of a block do not fit');
  }
  return lines.sort();
}

async function retentionLines(blocks: ReturnType<Analyses['retention']>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { starts, low, high } of blocks)
    for (const [i, start] of starts.entries()) lines.push(`${start} ${low[i]} ${high[i]}`);
  return lines.sort();
}
