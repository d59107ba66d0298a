/** Events as rows that unfold. Those that came in last are marked for a moment; on a narrow page the first column says it all. */
import { ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import type { EventData } from '../../../../src/query/wire.ts';
import { clockWithSeconds, dayAndClockWithSeconds, dayKey, exactTime } from '../../format/dates.ts';
import { classes } from '../../ui/classes.ts';
import { Given } from '../../ui/given.tsx';
import { useWide } from '../lists/use-wide.ts';
import { cellText, columnLabel, columnWidths } from './columns.ts';
import { eventKey } from './feed.ts';

interface EventTableProps {
  readonly rows: readonly EventData[];
  readonly arrived: ReadonlySet<string>;
  readonly columns: readonly string[];
  readonly zone: string;
  /** The key of the row that is unfolded. */
  readonly open: string | undefined;
  readonly onOpen: (key: string | undefined) => void;
  readonly details: (event: EventData) => ReactNode;
}

export function EventTable({ rows, arrived, columns, zone, open, onOpen, details }: EventTableProps) {
  const today = dayKey(Date.now(), zone);
  const isWide = useWide();
  const own = isWide ? columns : columns.slice(0, 1);
  return (
    <table aria-label="Events" className="tabular w-full table-fixed">
      <thead className="text-left text-[13px] text-faint">
        <tr className="border-b border-line">
          <th scope="col" className="w-24 py-2 pl-4 font-normal sm:w-44">
            Time
          </th>
          {own.map((name) => (
            <th
              key={name}
              scope="col"
              title={columnLabel(name)}
              className={classes('truncate px-2 py-2 font-normal', columnWidths[name])}
            >
              {columnLabel(name)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((event) => {
          const key = eventKey(event);
          const isOpen = key === open;
          return (
            <Fragment key={key}>
              <Row
                event={event}
                columns={own}
                under={isWide ? [] : columns.slice(1)}
                zone={zone}
                isToday={dayKey(event.timestamp, zone) === today}
                isNew={arrived.has(key)}
                isOpen={isOpen}
                onToggle={() => onOpen(isOpen ? undefined : key)}
              />
              {isOpen && (
                <tr className="border-b border-line bg-sunken/50">
                  <td colSpan={own.length + 1} className="px-4 py-4">
                    {details(event)}
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

const linesMax = 2;

interface RowProps {
  readonly event: EventData;
  readonly columns: readonly string[];
  /** Those for which there is no room: the first of them stand under the first column. */
  readonly under: readonly string[];
  readonly zone: string;
  readonly isToday: boolean;
  readonly isNew: boolean;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Row({ event, columns, under, zone, isToday, isNew, isOpen, onToggle }: RowProps) {
  const [first = 'type', ...others] = columns;
  const below = under.flatMap((name) => cellText(event, name) ?? []).slice(0, linesMax);
  const { timestamp } = event;
  return (
    // the button in it is for the keyboard
    <tr
      onClick={() => String(getSelection()) === '' && onToggle()}
      className={classes(
        'cursor-pointer border-b border-line hover:bg-sunken',
        isOpen && 'bg-sunken',
        isNew && 'animate-arrive',
      )}
    >
      <td className="py-2 pl-4 align-top text-soft" title={exactTime(timestamp, zone)}>
        {isToday ? clockWithSeconds(timestamp, zone) : dayAndClockWithSeconds(timestamp, zone)}
      </td>
      <td className="px-2 py-2 align-top">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={(clicked) => {
            clicked.stopPropagation();
            onToggle();
          }}
          className="flex w-full min-w-0 items-center gap-1 text-left font-medium"
        >
          <ChevronRight
            aria-hidden
            className={classes('size-3.5 shrink-0 text-faint transition-transform', isOpen && 'rotate-90')}
          />
          <span className="min-w-0">
            <Cell text={cellText(event, first)} />
          </span>
          {event.bot && first !== 'bot' && (
            <span className="rounded bg-warn-soft px-1 text-[11px] font-medium text-warn">bot</span>
          )}
        </button>
        {below.length > 0 && (
          <span className="block pl-4.5 text-[13px] text-soft">
            {below.map((text) => (
              <Given key={text} text={text} />
            ))}
          </span>
        )}
      </td>
      {others.map((name) => (
        <td key={name} className="px-2 py-2 align-top">
          <Cell text={cellText(event, name)} />
        </td>
      ))}
    </tr>
  );
}

const Cell = ({ text }: { text: string | undefined }) =>
  text === undefined ? <span className="text-soft">–</span> : <Given text={text} />;
