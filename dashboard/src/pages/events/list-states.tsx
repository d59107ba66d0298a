/** What stands where events are not, and after the last of them. */
import type { ReactNode } from 'react';
import { fullNumber } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { rowsMax } from './feed.ts';
import type { UsedFeed } from './use-feed.ts';

export function List({ used, children }: { used: UsedFeed; children: ReactNode }) {
  const { feed, first } = used;
  if (first.error !== null) return <Failure error={first.error} retry={first.refetch} />;
  if (first.isPending) return <Rows />;
  if (feed.rows.length === 0)
    return (
      <Empty title="No events here">
        Take filters away, or choose a longer range. What comes in appears by itself.
      </Empty>
    );
  return children;
}

const rowsDrawn = 12;
const Rows = () => (
  <div className="grid gap-3 p-4">
    {Array.from({ length: rowsDrawn }, (_, at) => (
      <Skeleton key={String(at)} className="h-6" />
    ))}
  </div>
);

export function Older({ used: { feed, first, older } }: { used: UsedFeed }) {
  if (first.error !== null) return null;
  if (feed.rows.length >= rowsMax)
    return (
      <p className="p-4 text-center text-faint">
        These are {fullNumber(rowsMax)} events. For older ones choose a filter or another range, or export
        them.
      </p>
    );
  if (feed.next === undefined) return null;
  return (
    <div className="flex flex-col items-center gap-2 p-3">
      {older.error !== null && (
        <p role="alert" className="text-bad">
          {older.error.message}
        </p>
      )}
      <Button look="quiet" disabled={older.isPending} onClick={older.load}>
        {older.isPending ? 'Loading' : 'Older events'}
      </Button>
    </div>
  );
}
