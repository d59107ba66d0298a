/** What can be put on a board: a saved question, text, or a question that is made now. */
import { Link } from '@tanstack/react-router';
import { Compass, Plus, Type } from 'lucide-react';
import { useState } from 'react';
import { kindOfPlan } from '../../explore/kinds.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { inputBox } from '../../ui/field.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import type { Tile } from './board.ts';
import { useQuestions } from './boards-api.ts';
import { TextDialog } from './text-dialog.tsx';

interface AddTileProps {
  readonly project: string;
  readonly onAdd: (tile: Omit<Tile, 'layout'>) => void;
}

type Open = 'question' | 'text' | undefined;

export function AddTile({ project, onAdd }: AddTileProps) {
  const [open, setOpen] = useState<Open>();
  return (
    <div className="mt-3 flex flex-wrap items-center justify-center gap-2 rounded-xl border border-dashed border-line p-4">
      <Button onClick={() => setOpen('question')}>
        <Plus aria-hidden className="size-4" />
        Add a question
      </Button>
      <Button onClick={() => setOpen('text')}>
        <Type aria-hidden className="size-4" />
        Add text
      </Button>
      {open === 'question' && (
        <PickQuestion project={project} onPick={onAdd} onClose={() => setOpen(undefined)} />
      )}
      {open === 'text' && (
        <TextDialog
          title="Text"
          label="Heading"
          value=""
          isNameRequired={false}
          text={{ label: 'Text', value: '', isRequired: true }}
          action="Add"
          onClose={() => setOpen(undefined)}
          onDone={(title, text) => {
            setOpen(undefined);
            onAdd({ text, ...(title !== '' && { title }) });
          }}
        />
      )}
    </div>
  );
}

interface PickProps {
  readonly project: string;
  readonly onPick: AddTileProps['onAdd'];
  readonly onClose: () => void;
}

/** Stays open, so that several can be taken one after the other. */
function PickQuestion({ project, onPick, onClose }: PickProps) {
  const { data, error, isError, refetch } = useQuestions(project);
  const [wanted, setWanted] = useState('');
  const [added, setAdded] = useState<readonly string[]>([]);
  const found = data?.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <Modal
      title="Add a question"
      open
      onClose={onClose}
      footer={
        <>
          <Link
            to="/p/$project/explore"
            params={{ project }}
            target="_blank"
            className="mr-auto inline-flex h-9 items-center gap-1.5 px-1 font-medium text-accent hover:underline"
          >
            <Compass aria-hidden className="size-4" />
            New in Explore
          </Link>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <input
        type="search"
        aria-label="Search questions"
        placeholder="Search"
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
        className={inputBox}
      />
      <div className="mt-2 min-h-48">
        {isError && data === undefined ? (
          <Failure error={error} retry={() => refetch()} />
        ) : found === undefined ? (
          <Skeleton className="h-48" />
        ) : found.length === 0 ? (
          <Empty title={data?.length === 0 ? 'No question is saved yet' : 'No question has that name'}>
            Ask one in Explore and save it; it is then here.
          </Empty>
        ) : (
          <ul className="grid gap-0.5">
            {found.map(({ id, name, body }) => (
              <li key={id}>
                <button
                  type="button"
                  onClick={() => {
                    onPick({ question: id });
                    setAdded([...added, id]);
                  }}
                  className="flex w-full items-center gap-2 rounded-md px-2.5 py-2 text-left hover:bg-sunken"
                >
                  <span className="min-w-0 flex-1 truncate" title={name}>
                    {name}
                  </span>
                  <span className="text-[13px] text-faint">
                    {added.includes(id) ? 'Added' : (kindOfPlan(body.plan)?.label ?? body.plan.kind)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Modal>
  );
}
