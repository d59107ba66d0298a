/**
 * Holds a store to the evaluator: generated rows go in, generated plans are asked of both, and the answers must be the
 * same cell for cell. A failure says the plan, the rows, both answers, and the seed that makes it again.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventRow } from '../event/event-row.ts';
import { openHasher } from '../event/hasher.ts';
import { fieldValue } from '../plan/field.ts';
import type { Measure, Plan, Range } from '../plan/plan.ts';
import { evaluate } from '../store/memory/evaluate.ts';
import { type Hash64, withIdentity } from '../store/memory/evaluate-identity.ts';
import type { Budget, Cell, Store } from '../store/store.ts';
import { planIn, plansAbout, questionOf, type World, worlds } from './generators.ts';
import { briefRow, insertRows } from './rows.ts';

export interface AgreementOptions {
  /** How many sets of rows are stored; each costs an insert per month that it touches. */
  readonly worlds?: number;
  /** How many plans are asked about each. */
  readonly plansPerWorld?: number;
  readonly rowsMax?: number;
  /** Makes a failure again. */
  readonly seed?: number;
  readonly path?: string;
  /** Looks for a smaller case once one fails, which stores many more rows. Default true. */
  readonly shrink?: boolean;
  /** The partition that is written to, from `firstOffset` on: no other test of this store may use those places. */
  readonly partition?: number;
  readonly firstOffset?: number;
  /** Asks for sessions and numbers of fields too. Default: of a store with `analyses`, others cannot yet. */
  readonly whole?: boolean;
  /** With events that say who is the same person. Default: as `whole`. */
  readonly links?: boolean;
  /** Called once the rows of a world are stored, before the first question: to break or repair something. */
  readonly afterInsert?: (world: World) => Promise<void>;
}

/** Wide enough that no small question meets it. */
export const wideBudget: Budget = { timeMs: 60_000, memoryBytes: 1_000_000_000, rowsMax: 1_000_000_000 };

/** Rejects with a readable account of the first difference. Each world gets projects of its own, so nothing is removed. */
export async function checkAgainstEvaluator(store: Store, options: AgreementOptions = {}): Promise<void> {
  const partition = options.partition ?? 0;
  let offset = options.firstOffset ?? 0;
  let round = 0;
  const place = (row: EventRow): EventRow => {
    const project = `${row.project}-${partition}-${round}`;
    return { ...row, project, partition, offset, eventId: `e-${partition}-${offset++}` };
  };
  const { whole = store.analyses !== undefined, links = whole } = options;
  const { hash64 } = await openHasher();
  const cases = worlds(options.rowsMax, links).chain((world) =>
    fc.tuple(
      fc.constant(world),
      fc.array(plansAbout(world, 'p', whole), {
        minLength: 1,
        maxLength: options.plansPerWorld ?? 20,
        size: 'max',
      }),
    ),
  );
  const property = fc.asyncProperty(cases, async ([world, plans]) => {
    round += 1;
    const rows = world.rows.map(place);
    await insertRows(store, partition, rows);
    await options.afterInsert?.({ ...world, rows });
    for (const plan of plans) await checkPlan(store, planIn(`p-${partition}-${round}`, plan), rows, hash64);
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
  );
}

/** One question, both answers; throws with the rows that the answer is about. */
export async function checkPlan(
  store: Store,
  plan: Plan,
  rows: readonly EventRow[],
  hash64?: Hash64,
): Promise<void> {
  const question = questionOf(plan);
  const expected = evaluate(question, withIdentity(rows, hash64));
  const answer = await store
    .run(question, wideBudget, new AbortController().signal)
    .catch((cause: unknown) => {
      throw new Error(account(plan, rows, `the store fails: ${String(cause)}`), { cause });
    });
  if (plan.exact) assert.equal(answer.approximate, false, account(plan, rows, 'exact was asked for'));
  const got = cellLines(rounded(answer.cells, expected.cells, plan, rows));
  const wanted = cellLines(expected.cells);
  if (got.join('\n') === wanted.join('\n')) return;
  const missing = wanted.filter((line) => !got.includes(line)).map((line) => `  - ${line}`);
  const extra = got.filter((line) => !wanted.includes(line)).map((line) => `  + ${line}`);
  const difference =
    missing.length + extra.length > 0 ? [...missing, ...extra] : ['order', ...wanted, 'got', ...got];
  throw new Error(
    account(plan, rows, `cells differ (- evaluator, + store, source ${answer.explain.source})`, difference),
  );
}

export function account(
  plan: unknown,
  rows: readonly EventRow[],
  what: string,
  lines: readonly string[] = [],
): string {
  const { from, to } =
    (plan as { readonly question?: { readonly scope: Range } }).question?.scope ?? (plan as Range);
  const range = `[${new Date(from).toISOString()}, ${new Date(to).toISOString()})`;
  const shown = rows.map((row) => `  ${text(briefRow(row))}`);
  return [what, ...lines, `plan ${range}`, `  ${text(plan)}`, `rows (${rows.length})`, ...shown].join('\n');
}

/** Sums of doubles depend on their order: what is as near as that is taken for the evaluator's. */
function rounded(
  cells: readonly Cell[],
  wanted: readonly Cell[],
  { measures = [] }: Plan,
  rows: readonly EventRow[],
): readonly Cell[] {
  if (measures.length === 0) return cells;
  const scales = measures.map((one) => scaleOf(one, rows));
  return cells.map((cell, i) => {
    const { values = [] } = wanted[i] ?? {};
    const near = cell.values?.map((value, k) => (isNear(value, values[k], scales[k]!) ? values[k]! : value));
    return near === undefined ? cell : { ...cell, values: near };
  });
}

/** A share of the sum of all values without their signs. */
function scaleOf({ agg, of }: Measure, rows: readonly EventRow[]): number {
  if (agg === 'distinct' || agg === 'min' || agg === 'max') return 0;
  const numbers = rows.map((row) => fieldValue(row, of)).filter((value) => typeof value === 'number');
  return 1e-13 * numbers.reduce((sum, one) => sum + Math.abs(one), 0);
}

const isNear = (a: number | null, b: number | null | undefined, scale: number): boolean =>
  typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= scale;

const cellLines = (cells: readonly Cell[]): string[] =>
  cells.map(({ bucket, group, ...numbers }) => text({ bucket, group, ...numbers }));

/** JSON with sorted keys and integers of any size, so that equal values have equal text. */
export function text(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
