/** Keeps the filters of the page as a segment, under a name; the page then shows the segment. */
import { BookmarkPlus } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { type SegmentBody, useSave } from '../../api/saved.ts';
import { type Condition, conditionFilter, segmentCondition } from '../../state/conditions.ts';
import { Button } from '../../ui/button.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

interface SaveSegmentProps {
  readonly project: string;
  readonly conditions: readonly Condition[];
  readonly onSaved: (condition: Condition) => void;
}

const nameLengthMax = 100;

export function SaveSegment({ project, conditions, onSaved }: SaveSegmentProps) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const save = useSave<SegmentBody>(project, 'segment');
  const filters = conditions.map(conditionFilter);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="inline-flex h-9 items-center gap-2 rounded-md px-2.5 font-medium text-soft hover:bg-sunken hover:text-ink">
        <BookmarkPlus aria-hidden className="size-4" />
        Save as segment
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          aria-label="New segment"
          className="z-50 w-80 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-card p-3 shadow-lg shadow-black/10"
        >
          <form
            className="grid gap-2"
            onSubmit={(submitted) => {
              submitted.preventDefault();
              const filter = filters.length === 1 ? filters[0] : { and: filters };
              save.mutate(
                { name, body: { filter } },
                {
                  onSuccess: ({ id }) => {
                    setOpen(false);
                    setName('');
                    onSaved(segmentCondition(id));
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
