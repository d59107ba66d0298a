/** One filter over all tiles of a board, beside what each is filtered by itself. */
import { ListFilter } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { Skeleton } from '../../ui/states.tsx';
import type { BoardScope } from './scope.ts';

const FilterEditor = lazy(async () => ({
  default: (await import('../../explore/filters/filter-editor.tsx')).FilterEditor,
}));

interface BoardFilterProps {
  readonly project: string;
  readonly scope: BoardScope;
  readonly onScope: (next: BoardScope) => void;
}

export function BoardFilter({ project, scope, onScope }: BoardFilterProps) {
  const [isOpen, setOpen] = useState(false);
  const { filter, ...rest } = scope;
  const change = (next: unknown) => onScope({ ...rest, ...(next !== undefined && { filter: next }) });
  const isOn = filter !== undefined;
  return (
    <>
      <Button onClick={() => setOpen(true)} className={isOn ? 'border-accent text-accent' : ''}>
        <ListFilter aria-hidden className="size-4" />
        <span className="max-sm:sr-only">{isOn ? 'Filtered' : 'Filter'}</span>
      </Button>
      <Modal
        title="Filter all tiles"
        open={isOpen}
        onClose={() => setOpen(false)}
        size="large"
        footer={
          <>
            {isOn && <Button onClick={() => change(undefined)}>Take the filter away</Button>}
            <Button look="primary" onClick={() => setOpen(false)}>
              Done
            </Button>
          </>
        }
      >
        <Suspense fallback={<Skeleton className="h-24" />}>
          <FilterEditor project={project} value={filter} onChange={change} label="Filter of the board" />
        </Suspense>
        <p className="mt-3 text-[13px] text-faint">It stands beside what each tile is filtered by itself.</p>
      </Modal>
    </>
  );
}
