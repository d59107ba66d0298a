/** All events of the filter and the range as a file, streamed by the server: however many there are. */
import { Download } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { menuItem, menuPanel } from '../../ui/menu.tsx';
import { filterText, type PlanFilter } from '../lists/filters.ts';

const formats = [
  { format: 'csv', label: 'CSV', hint: 'for spreadsheets' },
  { format: 'ndjson', label: 'NDJSON', hint: 'for programs' },
  { format: 'parquet', label: 'Parquet', hint: 'for analysis' },
] as const;

/** What the server takes in an address. */
const filterLengthMax = 4_000;

interface ExportMenuProps {
  readonly project: string;
  /** Range and zone; both days are included. */
  readonly range: Readonly<Record<string, string | undefined>>;
  readonly bots: string;
  readonly filter: PlanFilter | undefined;
}

export function ExportMenu({ project, range, bots, filter }: ExportMenuProps) {
  const text = filterText(filter);
  const isTooLong = text !== undefined && text.length > filterLengthMax;
  const href = (format: string) => {
    const given = { project, format, ...range, bots, filter: text };
    const there = Object.entries(given).filter(([, value]) => value !== undefined) as [string, string][];
    return `/api/v1/export?${new URLSearchParams(there)}`;
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label="Export"
        title="Export"
        className="inline-flex h-8 items-center gap-1.5 rounded-md px-2.5 text-[13px] font-medium text-soft hover:bg-sunken hover:text-ink"
      >
        <Download aria-hidden className="size-4" />
        <span className="max-sm:hidden">Export</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={`${menuPanel} max-w-72`}>
          <DropdownMenu.Label className="px-2.5 py-1.5 text-[13px] text-faint">
            {isTooLong
              ? `This filter is longer than an address takes (${filterLengthMax} characters). Save it as a segment, and filter by that.`
              : 'Every event of this filter and range, oldest first'}
          </DropdownMenu.Label>
          {formats.map(({ format, label, hint }) => (
            <DropdownMenu.Item key={format} asChild disabled={isTooLong} className={menuItem}>
              <a href={href(format)} download={`events.${format}`}>
                <span className="flex-1">{label}</span>
                <span className="text-faint">{hint}</span>
              </a>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
