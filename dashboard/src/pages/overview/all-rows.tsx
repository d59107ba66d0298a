/** The whole of a table, searchable, and as a file. */
import { Download, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import type { SessionsData, SummaryData } from '../../../../src/query/wire.ts';
import { request } from '../../api/client.ts';
import { useAnswer } from '../../api/questions.ts';
import { fieldName, valueName } from '../../format/names.ts';
import { BarList } from '../../ui/bar-list.tsx';
import { Button } from '../../ui/button.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { barRows } from './breakdown-card.tsx';
import { type Tab, tabPlan } from './cards.ts';
import type { PartProps } from './overview.tsx';
import { rowsOf } from './rows.ts';

/** The most that a question may group by. */
const rowsMax = 1_000;

export function AllRows({ tab, onClose, ...part }: PartProps & { tab: Tab; onClose: () => void }) {
  const { project, view } = part;
  const [wanted, setWanted] = useState('');
  const plan = tabPlan(view, tab, rowsMax);
  const { data, error, isError, refetch } = useAnswer<SummaryData | SessionsData>(project, plan);
  const all = data && rowsOf(tab, data.data);
  const found = all?.rows.filter(({ value }) =>
    valueName(tab.field, value).toLowerCase().includes(wanted.toLowerCase()),
  );
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-2 top-[5vh] z-50 mx-auto flex max-h-[90vh] max-w-2xl flex-col rounded-xl border border-line bg-card"
        >
          <div className="flex items-center gap-2 border-b border-line p-3">
            <Dialog.Title className="pl-1 font-semibold">{tab.label}</Dialog.Title>
            <input
              type="search"
              aria-label="Search"
              placeholder="Search"
              value={wanted}
              onChange={({ target }) => setWanted(target.value)}
              className="ml-auto h-9 w-full max-w-48 min-w-0 rounded-md border border-line bg-card px-2"
            />
            <Button onClick={() => download(project, plan, tab.label)}>
              <Download aria-hidden className="size-4" />
              CSV
            </Button>
            <Dialog.Close
              aria-label="Close"
              className="rounded-md p-2 text-faint hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Dialog.Close>
          </div>
          <div className="min-h-64 overflow-y-auto p-4">
            {isError ? (
              <Failure error={error} retry={() => refetch()} />
            ) : found === undefined || all === undefined ? (
              <Skeleton className="h-64" />
            ) : (
              <BarList
                label={tab.label}
                nameColumn={fieldName(tab.field)}
                columns={all.columns}
                rows={barRows({ ...part, tab }, found)}
              />
            )}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

async function download(project: string, plan: object, name: string): Promise<void> {
  const response = await request('/api/v1/query', {
    method: 'POST',
    project,
    body: plan,
    accept: 'text/csv',
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = `${name.toLowerCase().replaceAll(' ', '-')}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
