/** Asks before something goes for good, and says who uses it: what names it will say that it is gone. */
import { isOutdated, type Saved, useForget } from '../../api/saved.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import type { Tab } from './tabs.ts';
import { UseList } from './use-list.tsx';
import type { Use } from './uses.ts';

interface DeleteDialogProps {
  readonly project: string;
  readonly tab: Tab;
  readonly thing: Saved<unknown>;
  readonly uses: readonly Use[];
  readonly onClose: () => void;
}

export function DeleteDialog({ project, tab, thing, uses, onClose }: DeleteDialogProps) {
  const forget = useForget(project, tab.kind);
  return (
    <Modal
      title={`Delete “${thing.name}”?`}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            disabled={forget.isPending}
            onClick={() => forget.mutate(thing, { onSuccess: onClose })}
          >
            Delete
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        {uses.length === 0 ? (
          <p>The {tab.one} goes for good. Nothing that is saved uses it.</p>
        ) : (
          <>
            <p>
              The {tab.one} goes for good. {uses.length === 1 ? 'This uses it' : 'These use it'}, and will say
              that it is gone:
            </p>
            <UseList project={project} uses={uses} />
          </>
        )}
        {forget.isError && (
          <p role="alert" className="text-[13px] text-bad">
            {isOutdated(forget.error)
              ? 'Somebody changed it meanwhile. It is shown as it is now: delete it still?'
              : forget.error.message}
          </p>
        )}
      </div>
    </Modal>
  );
}
