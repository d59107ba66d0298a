/** Rows whose length says how much: a table for screen readers, bars for the eye, buttons for whoever wants to filter. */
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export interface BarRow {
  readonly key: string;
  readonly name: ReactNode;
  /** From 0 to 1. */
  readonly share: number;
  readonly cells: readonly string[];
  readonly isChosen?: boolean;
  /** Absent: nothing to choose. */
  readonly onChoose?: (() => void) | undefined;
}

interface BarListProps {
  readonly label: string;
  readonly nameColumn: string;
  readonly columns: readonly string[];
  readonly rows: readonly BarRow[];
}

export function BarList({ label, nameColumn, columns, rows }: BarListProps) {
  return (
    <table aria-label={label} className="tabular w-full table-fixed border-separate border-spacing-y-0.5">
      <thead className="text-[13px] text-faint">
        <tr>
          <th scope="col" className="truncate pl-2 text-left font-normal">
            {nameColumn}
          </th>
          {columns.map((column) => (
            <th key={column} scope="col" className="w-24 pr-1 text-right font-normal last:w-16">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, share, cells, isChosen = false, onChoose }) => (
          <tr key={key}>
            <td className="relative h-8 p-0">
              <div
                aria-hidden
                className={classes(
                  'absolute inset-y-0 left-0 rounded',
                  isChosen ? 'bg-accent opacity-30' : 'bg-bar',
                )}
                style={{ width: `${Math.max(share * 100, 0.8)}%` }}
              />
              {onChoose === undefined ? (
                <span className="relative block truncate px-2 text-faint">{name}</span>
              ) : (
                <button
                  type="button"
                  aria-pressed={isChosen}
                  onClick={onChoose}
                  className="relative block h-8 w-full truncate px-2 text-left hover:underline"
                >
                  {name}
                </button>
              )}
            </td>
            {columns.map((column, index) => (
              <td
                key={column}
                className={classes('truncate pr-1 text-right', index === 0 ? 'font-medium' : 'text-faint')}
                title={cells[index]}
              >
                {cells[index]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
