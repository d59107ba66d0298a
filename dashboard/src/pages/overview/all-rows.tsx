/** The whole of a table, searchable, and as a file. */
import { useState } from 'react';
import type { SessionsData, SummaryData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { fieldName, valueName } from '../../format/names.ts';
import { BarList } from '../../ui/bar-list.tsx';
import { CsvButton } from '../../ui/csv-button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
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
    <Modal
      title={tab.label}
      open
      onClose={onClose}
      size="large"
      tools={
        <>
          <input
            type="search"
            aria-label="Search"
            placeholder="Search"
            value={wanted}
            onChange={({ target }) => setWanted(target.value)}
            className="h-9 w-full max-w-48 min-w-0 rounded-md border border-line bg-card px-2"
          />
          <CsvButton project={project} plan={plan} name={tab.label} />
        </>
      }
    >
      <div className="min-h-64">
        {isError && data === undefined ? (
          <Failure error={error} retry={() => refetch()} />
        ) : found === undefined || all === undefined ? (
          <Skeleton className="h-64" />
        ) : found.length === 0 ? (
          <Empty title={`Nothing here has “${wanted}” in its name`} />
        ) : (
          <BarList
            label={tab.label}
            nameColumn={fieldName(tab.field)}
            columns={all.columns}
            rows={barRows({ ...part, tab }, found)}
          />
        )}
      </div>
    </Modal>
  );
}
