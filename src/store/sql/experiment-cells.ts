/** The numbers of an experiment out of the rows that a statement gives: one for each number of a variant, whose `arm` says which. */
import { goalsMax, variantsMax } from '../../plan/experiment.ts';
import { compareBytes } from '../../plan/text.ts';
import type { ExperimentQuestion, ExperimentRows, MoneyCell, Reach, VariantCell } from '../experiments.ts';

/**
 * What a row is about; `key` is then:
 *  users, sessions  '': all with an exposure; x: those with a page view, y: those with a conversion
 *  mixed            '': units that saw several variants, of no variant; perhaps several rows
 *  units, converted ''
 *  goal             the goal
 *  money            the currency; `paid`: units with amounts after, x: amounts after, y: amounts before
 *  entered, first   the begin of the bucket, epoch ms
 */
export type ExperimentArm =
  | 'users'
  | 'sessions'
  | 'mixed'
  | 'units'
  | 'converted'
  | 'goal'
  | 'money'
  | 'entered'
  | 'first';

/** Whole numbers as text. */
export type ExperimentAnswer = readonly [
  arm: ExperimentArm,
  variant: string,
  key: string,
  units: string,
  paid: string,
  x: string,
  y: string,
  xSquares: string,
  ySquares: string,
  products: string,
];

/** Terms of a statement that both dialects share: which of all cells are told. `cells`: a table with the columns of an answer. */
export function chosenCells({ per }: ExperimentQuestion, cells: string): string {
  const reach = per === 'user' ? 'users' : 'sessions';
  return `SELECT arm, variant, key, units, paid, x, y, xx, yy, xy
FROM (
  SELECT *, dense_rank() OVER (PARTITION BY arm = 'mixed' ORDER BY size DESC, variant) AS variant_nth,
    dense_rank() OVER (PARTITION BY arm ORDER BY total DESC, key) AS key_nth
  FROM (
    SELECT *, max(CASE WHEN arm = '${reach}' THEN units ELSE 0 END) OVER (PARTITION BY variant) AS size,
      sum(units) OVER (PARTITION BY arm, key) AS total
    FROM ${cells}
  ) AS sized
) AS ranked
WHERE arm = 'mixed' OR (variant_nth <= ${variantsMax} AND (arm <> 'goal' OR key_nth <= ${goalsMax}))`;
}

export function experimentRows(
  { edges, goals: asked, reach, money }: ExperimentQuestion,
  answer: readonly ExperimentAnswer[],
): Pick<ExperimentRows, 'variants' | 'goals' | 'mixed'> {
  const byVariant = Map.groupBy(
    answer.filter(([arm]) => arm !== 'mixed'),
    ([, variant]) => variant,
  );
  const goals = asked ?? goalsOf(answer);
  const variants = [...byVariant]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([variant, rows]): VariantCell => {
      const numberOf = (arm: ExperimentArm, key = ''): number =>
        Number(rows.find((row) => row[0] === arm && row[2] === key)?.[3] ?? 0);
      // one bucket has all units
      const byBucket = (arm: ExperimentArm, all: ExperimentArm): readonly number[] =>
        edges.length === 2 ? [numberOf(all)] : edges.slice(0, -1).map((edge) => numberOf(arm, String(edge)));
      return {
        variant,
        ...(reach && { users: reachOf(rows, 'users'), sessions: reachOf(rows, 'sessions') }),
        units: numberOf('units'),
        converted: numberOf('converted'),
        goals: goals.map((goal) => numberOf('goal', goal)),
        money: money ? moneyOf(rows) : [],
        entered: byBucket('entered', 'units'),
        convertedFirst: byBucket('first', 'converted'),
      };
    });
  const mixed = answer
    .filter(([arm]) => arm === 'mixed')
    .reduce((sum, [, , , units]) => sum + Number(units), 0);
  return { variants, goals, mixed };
}

/** Most converted units first, then by bytes. */
function goalsOf(answer: readonly ExperimentAnswer[]): readonly string[] {
  const units = new Map<string, number>();
  for (const [arm, , goal, count] of answer)
    if (arm === 'goal') units.set(goal, (units.get(goal) ?? 0) + Number(count));
  return [...units].sort(([a, one], [b, other]) => other - one || compareBytes(a, b)).map(([goal]) => goal);
}

function reachOf(rows: readonly ExperimentAnswer[], of: 'users' | 'sessions'): Reach {
  const row = rows.find(([arm]) => arm === of);
  return {
    exposed: Number(row?.[3] ?? 0),
    pageviews: Number(row?.[5] ?? 0),
    conversions: Number(row?.[6] ?? 0),
  };
}

function moneyOf(rows: readonly ExperimentAnswer[]): readonly MoneyCell[] {
  return rows
    .filter(([arm]) => arm === 'money')
    .sort(([, , a], [, , b]) => compareBytes(a, b))
    .map(([, , currency, , paid, x, y, xSquares, ySquares, products]) => ({
      currency,
      units: Number(paid),
      sum: BigInt(x),
      squares: BigInt(xSquares),
      before: BigInt(y),
      beforeSquares: BigInt(ySquares),
      products: BigInt(products),
    }));
}
