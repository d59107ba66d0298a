/**
 * What every kind is edited in: a name, what is its own, a note. A change holds to the version that it began with; when somebody was
 * faster, theirs is told and one of the two is chosen, so that nothing is lost unseen.
 */
import { type ReactNode, useId, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import { isOutdated, type Saved, type SavedKind, useChange, useSave } from '../../api/saved.ts';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { Field, inputBox } from '../../ui/field.tsx';
import { Overtaken } from './overtaken.tsx';

const nameLengthMax = 100;
const noteLengthMax = 500;

export interface Described {
  readonly description?: string;
}

interface EditorProps<Body extends Described> {
  readonly project: string;
  readonly kind: SavedKind;
  readonly title: string;
  /** Undefined: a new one. */
  readonly given: Saved<Body> | undefined;
  readonly start: Body;
  readonly onClose: () => void;
  /** Whether it can be sent; the server has the last word. */
  readonly isWhole: (body: Body) => boolean;
  /** To compare with what somebody else made of it. */
  readonly words: (body: Body) => string;
  readonly children: (body: Body, change: (next: Body) => void) => ReactNode;
}

export function Editor<Body extends Described>(props: EditorProps<Body>) {
  const { project, kind, title, given, start, onClose, isWhole, words, children } = props;
  const form = useId();
  // somebody else's change of the name is told below, and does not change the title
  const [heading] = useState(title);
  const [name, setName] = useState(given?.name ?? '');
  const [body, setBody] = useState<Body>(given?.body ?? start);
  const [version, setVersion] = useState(given?.version);
  const save = useSave<Body>(project, kind);
  const change = useChange<Body>(project, kind);
  const failed = save.error ?? change.error;
  const isOvertaken = isOutdated(failed) || (failed instanceof ApiError && failed.status === 404);
  const isSendable = name.trim() !== '' && isWhole(body) && !save.isPending && !change.isPending;
  const put = (over: number) =>
    change.mutate({ id: given!.id, version: over, name, body: cleaned(body) }, { onSuccess: onClose });
  const make = () => save.mutate({ name, body: cleaned(body) }, { onSuccess: onClose });
  const takeTheirs = (theirs: Saved<Body>) => {
    setName(theirs.name);
    setBody(theirs.body);
    setVersion(theirs.version);
    change.reset();
  };
  return (
    <Modal
      title={heading}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" disabled={!isSendable || isOvertaken}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="grid gap-4"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          // those of pickers that are opened from here come by too
          if (submitted.target !== submitted.currentTarget || !isSendable) return;
          if (version === undefined) make();
          else put(version);
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
        {children(body, setBody)}
        <Field label="Note" hint="For whoever comes across it. It may stay empty.">
          <input
            maxLength={noteLengthMax}
            value={body.description ?? ''}
            onChange={({ target }) => setBody({ ...body, description: target.value })}
            className={inputBox}
          />
        </Field>
        {isOvertaken && given !== undefined ? (
          <Overtaken<Body>
            project={project}
            kind={kind}
            id={given.id}
            words={words}
            onTheirs={takeTheirs}
            onMine={put}
            onAnew={make}
          />
        ) : (
          failed !== null && (
            <p role="alert" className="text-[13px] break-words text-bad">
              {failed.message}
            </p>
          )
        )}
      </form>
    </Modal>
  );
}

function cleaned<Body extends Described>(body: Body): Body {
  const { description = '', ...rest } = body;
  return (description.trim() === '' ? rest : { ...rest, description }) as Body;
}
