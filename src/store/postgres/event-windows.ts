/**
 * Which part of a range a page of events looks at: as much as one statement may, by the rollups' count of what is there. What
 * nobody wrote in is passed over. Days that hold too much are cut by hours, hours by slots; a slot is never cut.
 */
import type { Connection } from '../../postgres/postgres-pool.ts';
import { type Range, type Tier, tierMs } from '../sql/cover.ts';
import type { Budget, EventsQuestion } from '../store.ts';
import type { Features } from './features.ts';
import { PostgresCompiler } from './postgres-compiler.ts';
import { assertRows } from './question-limits.ts';
import { countedProject } from './rows-to-read.ts';

export type Asked = Pick<EventsQuestion, 'scope' | 'order'>;

/** Pieces of one tier that are looked at for a window. */
const piecesMax = 400;
const tiers = Object.keys(tierMs) as Tier[];

interface Piece extends Range {
  readonly rows: number;
}

/**
 * The next part of the range in the order asked, of at most `rowsMax` rows unless it is one slot; undefined when there are no rows
 * any more. Errors: over_rows, when a slot alone has more than the budget; those of the driver.
 */
export async function nextWindow(
  connection: Connection,
  features: Features,
  asked: Asked,
  range: Range,
  { budget, rowsMax }: { readonly budget: Budget; readonly rowsMax: number },
): Promise<Range | undefined> {
  const target = Math.min(rowsMax, budget.rowsMax);
  let within = range;
  for (const tier of tiers) {
    const pieces = await piecesOf(connection, features, asked, within, tier);
    const [first] = pieces;
    if (first === undefined) return undefined;
    if (first.rows <= target) return clipped(fitting(pieces, target), within);
    within = clipped([first], within);
    if (tier === 'slot') assertRows(first.rows, budget);
  }
  return within;
}

/** The first pieces, as many as together are not over the target. */
function fitting(pieces: readonly Piece[], target: number): readonly Piece[] {
  let rows = 0;
  const over = pieces.findIndex((piece) => {
    rows += piece.rows;
    return rows > target;
  });
  return over < 0 ? pieces : pieces.slice(0, over);
}

/** From the earliest to the latest of them, in either order. */
function clipped(pieces: readonly Range[], { from, to }: Range): Range {
  const [one, other] = [pieces[0]!, pieces.at(-1)!];
  return {
    from: Math.max(from, Math.min(one.from, other.from)),
    to: Math.min(to, Math.max(one.to, other.to)),
  };
}

/** Pieces of the tier that have rows, in order. */
async function piecesOf(
  connection: Connection,
  features: Features,
  { scope, order }: Asked,
  { from, to }: Range,
  tier: Tier,
): Promise<readonly Piece[]> {
  const compiler = new PostgresCompiler(features);
  const ms = tierMs[tier];
  const where = [
    `tier = ${ms / 1000}`,
    ...countedProject(compiler, scope),
    compiler.inRanges('start', [{ from: Math.floor(from / ms) * ms, to }]),
  ];
  const text = `SELECT date_part('epoch', start), sum(events)
FROM rollup_counts
WHERE ${where.join(' AND ')}
GROUP BY start
ORDER BY start ${order}
LIMIT ${piecesMax}`;
  const { rows } = await connection.query<[number, string]>({
    text,
    values: compiler.parameters.values,
    rowMode: 'array',
  });
  return rows.map(([start, events]) => ({
    from: start * 1_000,
    to: start * 1_000 + ms,
    rows: Number(events),
  }));
}
