/** Connections to PostgreSQL, where there are any. */
import type { Samples } from '../../api/operations.ts';
import { fullNumber } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';

const columns = [
  ['max', 'At most'],
  ['size', 'Open'],
  ['idle', 'Idle'],
  ['waiting', 'Waiting for one'],
] as const;

export function Pools({ metrics }: { metrics: Samples | undefined }) {
  const found = [...(metrics ?? [])].flatMap(([name, value]) => {
    const [, figure, pool] = /^millrace_postgres_pool_(\w+)\{.*?"(.*?)".*\}$/.exec(name) ?? [];
    return figure === undefined || pool === undefined ? [] : [{ figure, pool, value }];
  });
  const pools = [...new Set(found.map(({ pool }) => pool))];
  if (pools.length === 0) return null;
  const read = (pool: string, figure: string) =>
    found.find((each) => each.pool === pool && each.figure.startsWith(figure))?.value;
  return (
    <Card label="Pools" className="p-4">
      <h2 className="mb-2 font-semibold">Pools</h2>
      <table className="tabular w-full">
        <thead className="text-[13px] text-faint">
          <tr>
            <th className="py-1 text-left font-normal">Pool</th>
            {columns.map(([name, label]) => (
              <th key={name} className="py-1 text-right font-normal">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {pools.map((pool) => (
            <tr key={pool} className="border-t border-line">
              <td className="py-1.5">{pool}</td>
              {columns.map(([name]) => (
                <td key={name} className="py-1.5 text-right">
                  {fullNumber(read(pool, name) ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
