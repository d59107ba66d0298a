/** Asks for a name, and a longer text where there is one. */
import { type ReactNode, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

interface TextDialogProps {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  /** Absent: a name alone. */
  readonly text?: { readonly label: string; readonly value: string; readonly isRequired: boolean };
  readonly isNameRequired?: boolean;
  readonly action: string;
  readonly isBusy?: boolean;
  readonly error?: Error | null;
  readonly onDone: (name: string, text: string) => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

const nameLengthMax = 100;
const textLengthMax = 1_000;

export function TextDialog(props: TextDialogProps) {
  const {
    title,
    label,
    text,
    isNameRequired = true,
    action,
    isBusy = false,
    error = null,
    onDone,
    onClose,
  } = props;
  const [name, setName] = useState(props.value);
  const [long, setLong] = useState(text?.value ?? '');
  const isReady =
    (!isNameRequired || name.trim() !== '') && (text?.isRequired !== true || long.trim() !== '');
  return (
    <Modal title={title} open onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (isReady) onDone(name.trim(), long.trim());
        }}
      >
        <Field label={label}>
          <input
            value={name}
            maxLength={nameLengthMax}
            required={isNameRequired}
            onChange={({ target }) => setName(target.value)}
            className={inputBox}
          />
        </Field>
        {text !== undefined && (
          <Field label={text.label}>
            <textarea
              value={long}
              rows={6}
              maxLength={textLengthMax}
              required={text.isRequired}
              onChange={({ target }) => setLong(target.value)}
              className="w-full min-w-0 rounded-md border border-line bg-card px-2.5 py-2"
            />
          </Field>
        )}
        {props.children}
        {error !== null && (
          <p role="alert" className="text-bad">
            {error.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={!isReady || isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
