/** The end of an experiment: of its set-up alone, or with every event that names it, which takes its name typed. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { isOutdated } from '../../api/saved.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { Field, inputBox } from '../../ui/field.tsx';
import { type SavedExperiment, useExperimentRemoval } from './use-experiments.ts';
import { changedMeanwhile } from './words.ts';

interface DeleteDialogProps {
  readonly project: string;
  readonly saved: SavedExperiment;
  /** Events are deleted by administrators alone. */
  readonly isAdmin: boolean;
  readonly open: boolean;
  readonly onClose: () => void;
}

export function DeleteDialog({ project, saved, isAdmin, open, onClose }: DeleteDialogProps) {
  const navigate = useNavigate();
  const removal = useExperimentRemoval(project);
  const [withEvents, setWithEvents] = useState(false);
  const [typed, setTyped] = useState('');
  const { name, body } = saved;
  const close = () => {
    setWithEvents(false);
    setTyped('');
    removal.reset();
    onClose();
  };
  const remove = () =>
    removal.mutate(
      { of: saved, withEvents },
      { onSuccess: () => navigate({ to: '/p/$project/experiments', params: { project } }) },
    );
  return (
    <Modal
      title={`Delete “${name}”`}
      open={open}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            look="danger"
            disabled={removal.isPending || (withEvents && typed.trim() !== name.trim())}
            onClick={remove}
          >
            {removal.isPending ? 'Deleting …' : withEvents ? 'Delete it and its events' : 'Delete it'}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <p className="break-words">
          Its set-up goes: name, hypothesis, variants, goals.
          {!withEvents && (
            <>
              {' '}
              Its events stay, so it can be set up again under the id{' '}
              <code className="font-mono">{body.experimentId}</code>.
            </>
          )}
        </p>
        {isAdmin && (
          <label className="flex cursor-pointer items-start gap-2">
            <input
              type="checkbox"
              checked={withEvents}
              onChange={({ target }) => setWithEvents(target.checked)}
              className="mt-1 size-4 shrink-0"
            />
            Delete its events too
          </label>
        )}
        {withEvents && (
          <div className="grid gap-3 rounded-lg bg-bad-soft p-3">
            <p className="break-words">
              Every event that names the experiment id <code className="font-mono">{body.experimentId}</code>{' '}
              is deleted, of all time: its exposures, and whatever else carries the id. Counts of other
              questions go down by them. Conversions that do not name it stay. Nobody can bring them back.
            </p>
            <Field label={`Type the name to confirm: ${name}`}>
              <input
                value={typed}
                autoComplete="off"
                onChange={({ target }) => setTyped(target.value)}
                className={inputBox}
              />
            </Field>
          </div>
        )}
        {removal.isError && (
          <p role="alert" className="text-bad">
            {isOutdated(removal.error) ? changedMeanwhile : removal.error.message}
          </p>
        )}
      </div>
    </Modal>
  );
}
