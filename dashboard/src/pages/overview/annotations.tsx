/** What happened when: words at a time, shown in the trend and kept for everyone in the project. */
import { Flag, Trash2 } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { type AnnotationBody, useForget, useSave, useSaved } from '../../api/saved.ts';
import { useSession } from '../../api/session.ts';
import { day } from '../../format/dates.ts';
import { Button } from '../../ui/button.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

const textLengthMax = 200;

export function Annotations({ project, zone }: { project: string; zone: string }) {
  const role = useSession()?.projects.find(({ id }) => id === project)?.role;
  const { data = [] } = useSaved<AnnotationBody>(project, 'annotation');
  const forget = useForget(project, 'annotation');
  if (role === 'viewer' && data.length === 0) return null;
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={`Annotations: ${data.length}`}
        className="inline-flex h-8 items-center gap-1.5 rounded-md px-2.5 text-[13px] font-medium text-soft hover:bg-sunken hover:text-ink"
      >
        <Flag aria-hidden className="size-4" />
        {data.length > 0 && data.length}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          aria-label="Annotations"
          className="z-50 w-80 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-card p-3 shadow-lg shadow-black/10"
        >
          <ul className="max-h-60 overflow-y-auto">
            {data.map((each) => (
              <li key={each.id} className="flex items-center gap-2 py-1">
                <span className="min-w-0 flex-1">
                  <span className="text-faint">{day(each.body.at, zone)}</span> {each.body.text}
                </span>
                {role !== 'viewer' && (
                  <button
                    type="button"
                    aria-label={`Delete: ${each.body.text}`}
                    onClick={() => forget.mutate(each)}
                    className="rounded p-1 text-faint hover:text-bad"
                  >
                    <Trash2 aria-hidden className="size-4" />
                  </button>
                )}
              </li>
            ))}
          </ul>
          {role !== 'viewer' && <AnnotationForm project={project} />}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function AnnotationForm({ project }: { project: string }) {
  const save = useSave<AnnotationBody>(project, 'annotation');
  const [text, setText] = useState('');
  const [date, setDate] = useState(() => new Date().toLocaleDateString('en-CA'));
  return (
    <form
      className="grid gap-2 not-first:mt-2 not-first:border-t not-first:border-line not-first:pt-2"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        const at = new Date(`${date}T12:00`).toISOString();
        save.mutate({ name: text.slice(0, 80), body: { at, text } }, { onSuccess: () => setText('') });
      }}
    >
      <Field label="What happened">
        <input
          required
          maxLength={textLengthMax}
          value={text}
          placeholder="New prices"
          onChange={({ target }) => setText(target.value)}
          className={inputBox}
        />
      </Field>
      <Field label="When">
        <input
          type="date"
          required
          value={date}
          onChange={({ target }) => setDate(target.value)}
          className={inputBox}
        />
      </Field>
      <Button type="submit" disabled={save.isPending}>
        Add it to the trend
      </Button>
      {save.isError && (
        <p role="alert" className="text-[13px] text-bad">
          {save.error.message}
        </p>
      )}
    </form>
  );
}
