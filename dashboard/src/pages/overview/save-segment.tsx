/** Keeps a filter as a segment, under a name; whoever asked for it then names the segment instead. */
import { BookmarkPlus } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { type SegmentBody, useSave } from '../../api/saved.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Field, inputBox } from '../../ui/field.tsx';

interface SaveSegmentProps {
  readonly project: string;
  /** As plans have it. */
  readonly filter: unknown;
  readonly onSaved: (id: string) => void;
  readonly isSmall?: boolean;
}

const nameLengthMax = 100;

export function SaveSegment({ project, filter, onSaved, isSmall = false }: SaveSegmentProps) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const save = useSave<SegmentBody>(project, 'segment');
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger
        className={classes(
          'inline-flex items-center gap-2 rounded-md px-2.5 font-medium text-soft hover:bg-sunken hover:text-ink',
          isSmall ? 'h-8 text-[13px]' : 'h-9',
        )}
      >
        <BookmarkPlus aria-hidden className="size-4" />
        Save as segment
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label="New segment"
          className="z-50 w-80 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-card p-3 shadow-lg shadow-black/10"
        >
          <form
            className="grid gap-2"
            onSubmit={(submitted) => {
              submitted.preventDefault();
              save.mutate(
                { name, body: { filter } },
                {
                  onSuccess: ({ id }) => {
                    setOpen(false);
                    setName('');
                    onSaved(id);
                  },
                },
              );
            }}
          >
            <Field label="Name" hint="Everyone in the project can use it, in every question.">
              <input
                required
                maxLength={nameLengthMax}
                value={name}
                placeholder="Visitors from ads"
                onChange={({ target }) => setName(target.value)}
                className={inputBox}
              />
            </Field>
            {save.isError && (
              <p role="alert" className="text-[13px] break-words text-bad">
                {save.error.message}
              </p>
            )}
            <Button type="submit" look="primary" disabled={save.isPending || name.trim() === ''}>
              Save
            </Button>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
