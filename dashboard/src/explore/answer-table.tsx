/** The numbers of an answer as a table: sorted by a click on a column, scrolled within its box. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import { classes } from '../ui/classes.ts';
import { Empty } from '../ui/states.tsx';
import type { Table, TableCell } from './kind.ts';

/** More would make a slow page; all of them are in the CSV. */
const rowsShownMax = 1_000;

interface Order {
  readonly column: number;
  readonly isDown: boolean;
}

export function AnswerTable({ table, label }: { table: Table; label: string }) {
  const { columns, rows } = table;
  const [order, setOrder] = useState<Order>();
  const sorted = useMemo(() => sortedRows(rows, order), [rows, order]);
  if (rows.length === 0)
    return <Empty title="Nothing happened in this time">Choose a longer range, or take filters away.</Empty>;
  return (
    <section
      aria-label={`${label} as a table`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      className="max-h-[70vh] overflow-auto"
    >
      <table className="tabular w-full text-left">
        <thead className="sticky top-0 bg-card text-[13px] text-faint">
          <tr>
            {columns.map(({ name, isNumber }, index) => (
              <th
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
                key={index}
                scope="col"
                aria-sort={order?.column === index ? (order.isDown ? 'descending' : 'ascending') : undefined}
                className={classes('p-0 font-normal', isNumber && 'text-right')}
              >
                <button
                  type="button"
                  title={name}
                  onClick={() => setOrder(nextOrder(order, index, isNumber))}
                  className={classes(
                    'inline-flex max-w-72 items-center gap-1 px-2 py-1.5 whitespace-nowrap hover:text-ink',
                    isNumber && 'flex-row-reverse',
                  )}
                >
                  <span className="truncate">{name}</span>
                  <Direction order={order} column={index} />
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, rowsShownMax).map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name
            <tr key={at} className="border-t border-line">
              {row.map(({ text }, index) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: as the columns
                  key={index}
                  title={text.length > 40 ? text : undefined}
                  className={classes(
                    'max-w-72 truncate px-2 py-1.5',
                    columns[index]?.isNumber && 'text-right',
                  )}
                >
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > rowsShownMax && (
        <p className="p-2 text-[13px] text-faint">
          The first {rowsShownMax} rows of {rows.length}; the CSV has all of them.
        </p>
      )}
    </section>
  );
}

function Direction({ order, column }: { order: Order | undefined; column: number }) {
  if (order?.column !== column) return <span className="size-3" />;
  const Icon = order.isDown ? ArrowDown : ArrowUp;
  return <Icon aria-hidden className="size-3" />;
}

/** Numbers from the largest first, text from A; the third click brings the answer’s own order back. */
function nextOrder(order: Order | undefined, column: number, isNumber: boolean): Order | undefined {
  if (order?.column !== column) return { column, isDown: isNumber };
  return order.isDown === isNumber ? { column, isDown: !isNumber } : undefined;
}

function sortedRows(rows: Table['rows'], order: Order | undefined): Table['rows'] {
  if (order === undefined) return rows;
  const sign = order.isDown ? -1 : 1;
  return rows.toSorted((a, b) => compared(a[order.column], b[order.column]) * sign);
}

function compared(a: TableCell | undefined, b: TableCell | undefined): number {
  const [left, right] = [a?.value ?? null, b?.value ?? null];
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), undefined, { numeric: true });
}
