/** Keeps the question under a name, or keeps the change of a saved one; who changed it meanwhile is not overwritten unasked. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PlanInput } from '../../api/questions.ts';
import { isOutdated, type QuestionBody, type Saved, useChange, useSave } from '../../api/saved.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

interface SaveWindowProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly view: Readonly<Record<string, unknown>>;
  readonly saved: Saved<QuestionBody> | undefined;
  readonly name: string;
  readonly onSaved: (id: string) => void;
  readonly onClose: () => void;
}

const nameLengthMax = 120;
const descriptionLengthMax = 500;

export function SaveWindow({
  project,
  plan,
  view,
  saved: newest,
  name: named,
  onSaved,
  onClose,
}: SaveWindowProps) {
  // as it was when the change began; what others do meanwhile is told, not taken over
  const [saved] = useState(newest);
  const [name, setName] = useState(saved?.name ?? named);
  const [description, setDescription] = useState(saved?.body.description ?? '');
  const create = useSave<QuestionBody>(project, 'question');
  const change = useChange<QuestionBody>(project, 'question');
  const client = useQueryClient();
  const body: QuestionBody = {
    plan,
    ...(Object.keys(view).length > 0 && { view }),
    ...(description.trim() !== '' && { description: description.trim() }),
  };
  const done = {
    onSuccess: (made: Saved<QuestionBody>) => {
      client.setQueryData(['saved', project, 'question', made.id], made);
      onSaved(made.id);
      onClose();
    },
  };
  const asNew = () => create.mutate({ name: name.trim(), body }, done);
  const asChange = (version: number) => {
    if (saved !== undefined) change.mutate({ id: saved.id, name: name.trim(), body, version }, done);
  };
  const error = change.error ?? create.error;
  const isBusy = create.isPending || change.isPending;
  return (
    <Modal title={saved === undefined ? 'Save the question' : `Save “${saved.name}”`} open onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (saved === undefined) asNew();
          else asChange(saved.version);
        }}
      >
        <Field label="Name">
          <input
            required
            maxLength={nameLengthMax}
            value={name}
            onChange={({ target }) => setName(target.value)}
            className={inputBox}
          />
        </Field>
        <Field label="What it is for" hint="For others, and for you in half a year">
          <input
            maxLength={descriptionLengthMax}
            value={description}
            onChange={({ target }) => setDescription(target.value)}
            className={inputBox}
          />
        </Field>
        {isOutdated(error) ? (
          <div role="alert" className="grid gap-2 rounded-md bg-warn-soft p-3 text-warn">
            <p>
              Somebody changed “{saved?.name}” since you opened it. Save yours as a new one, or put it in the
              place of theirs.
            </p>
            <Button
              small
              className="justify-self-start"
              disabled={isBusy || newest === undefined}
              onClick={() => newest !== undefined && asChange(newest.version)}
            >
              Put mine in its place
            </Button>
          </div>
        ) : (
          error !== null && (
            <p role="alert" className="text-bad">
              {error.message}
            </p>
          )
        )}
        <div className="flex flex-wrap justify-end gap-2">
          {saved !== undefined && (
            <Button disabled={isBusy || name.trim() === ''} onClick={asNew}>
              Save as a new one
            </Button>
          )}
          <Button type="submit" look="primary" disabled={isBusy || name.trim() === '' || isOutdated(error)}>
            {saved === undefined ? 'Save' : 'Save the change'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
