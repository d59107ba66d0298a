/** What happened, and when: a new annotation, or one that is changed where it stands. */
import { useState } from 'react';
import { type AnnotationBody, isOutdated, type Saved, useChange, useSave } from '../../api/saved.ts';
import { Button } from '../../ui/button.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

const textLengthMax = 200;
const nameLengthMax = 80;
const localDay = (time: string | number) => new Date(time).toLocaleDateString('en-CA');
const noon = (day: string) => new Date(`${day}T12:00`).toISOString();

interface AnnotationFormProps {
  readonly project: string;
  readonly given?: Saved<AnnotationBody>;
  readonly onDone?: () => void;
}

export function AnnotationForm({ project, given, onDone }: AnnotationFormProps) {
  const save = useSave<AnnotationBody>(project, 'annotation');
  const change = useChange<AnnotationBody>(project, 'annotation');
  const [text, setText] = useState(given?.body.text ?? '');
  const firstDay = localDay(given?.body.at ?? Date.now());
  const [day, setDay] = useState(firstDay);
  const failed = given === undefined ? save.error : change.error;
  const submit = () => {
    const name = text.slice(0, nameLengthMax);
    // its time of day stays unless it moves to another
    const at = given !== undefined && day === firstDay ? given.body.at : noon(day);
    const body = { ...given?.body, at, text };
    if (given === undefined)
      save.mutate(
        { name, body },
        {
          onSuccess: () => {
            setText('');
            onDone?.();
          },
        },
      );
    else change.mutate({ ...given, name, body }, { onSuccess: () => onDone?.() });
  };
  return (
    <form
      className="grid gap-2"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        submit();
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
          value={day}
          onChange={({ target }) => setDay(target.value)}
          className={inputBox}
        />
      </Field>
      <div className="grid grid-flow-col gap-2">
        {onDone && <Button onClick={onDone}>Cancel</Button>}
        <Button type="submit" disabled={save.isPending || change.isPending}>
          {given === undefined ? 'Add it to the trend' : 'Save'}
        </Button>
      </div>
      {failed !== null && (
        <p role="alert" className="text-[13px] text-bad">
          {isOutdated(failed) && given !== undefined
            ? `Somebody changed it meanwhile: now it is “${given.body.text}”. Save again to keep yours.`
            : failed.message}
        </p>
      )}
    </form>
  );
}
