/** What happened when: words at a time, shown in the trend and kept for everyone in the project. */
import { Flag, Pencil, Trash2 } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { type AnnotationBody, useForget, useSaved } from '../../api/saved.ts';
import { useMayEdit } from '../../api/session.ts';
import { day } from '../../format/dates.ts';
import { AnnotationForm } from './annotation-form.tsx';

const iconButton = 'rounded p-1 text-faint hover:text-ink';

export function Annotations({ project, zone }: { project: string; zone: string }) {
  const mayEdit = useMayEdit(project);
  const [edited, setEdited] = useState<string>();
  const { data = [] } = useSaved<AnnotationBody>(project, 'annotation');
  const forget = useForget(project, 'annotation');
  if (!mayEdit && data.length === 0) return null;
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
          collisionPadding={8}
          aria-label="Annotations"
          className="z-50 w-80 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-card p-3 shadow-lg shadow-black/10"
        >
          <ul className="max-h-60 overflow-y-auto">
            {data.map((each) => (
              <li key={each.id} className="py-1">
                {edited === each.id ? (
                  <AnnotationForm project={project} given={each} onDone={() => setEdited(undefined)} />
                ) : (
                  <div className="flex items-center gap-1">
                    <span className="min-w-0 flex-1 break-words">
                      <span className="text-faint">{day(each.body.at, zone)}</span> {each.body.text}
                    </span>
                    {mayEdit && (
                      <>
                        <button
                          type="button"
                          aria-label={`Edit: ${each.body.text}`}
                          onClick={() => setEdited(each.id)}
                          className={iconButton}
                        >
                          <Pencil aria-hidden className="size-4" />
                        </button>
                        <button
                          type="button"
                          aria-label={`Delete: ${each.body.text}`}
                          onClick={() => forget.mutate(each)}
                          className={`${iconButton} hover:text-bad`}
                        >
                          <Trash2 aria-hidden className="size-4" />
                        </button>
                      </>
                    )}
                  </div>
                )}
              </li>
            ))}
          </ul>
          {forget.isError && (
            <p role="alert" className="py-1 text-[13px] text-bad">
              {forget.error.message}
            </p>
          )}
          {mayEdit && edited === undefined && (
            <div className={data.length > 0 ? 'mt-2 border-t border-line pt-2' : undefined}>
              <AnnotationForm project={project} />
            </div>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
