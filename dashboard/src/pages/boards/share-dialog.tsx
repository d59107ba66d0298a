/** Links to a board for people without an account: those that there are, and a new one, whose address is told once. */
import { Code, KeyRound, Link2 } from 'lucide-react';
import { useState } from 'react';
import { browserZone, day } from '../../format/dates.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { Field, inputBox } from '../../ui/field.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { type NewShare, type Share, type ShareWish, useShareCalls, useShares } from './boards-api.ts';

interface ShareDialogProps {
  readonly project: string;
  readonly board: string;
  readonly onClose: () => void;
}

const passwordLengthMin = 8;
const dayMs = 86_400_000;
const ends = {
  never: 'When it is revoked',
  '1': 'After a day',
  '7': 'After a week',
  '30': 'After 30 days',
  '365': 'After a year',
};

export function ShareDialog({ project, board, onClose }: ShareDialogProps) {
  const { data, error, isError, refetch } = useShares(project, board);
  const { create, revoke } = useShareCalls(project, board);
  return (
    <Modal title="Share this board" open onClose={onClose}>
      <p className="text-soft">
        Who has a link sees this board as it is now and its numbers over any range. No filters of its
        questions, no lists of events or people, nothing else of the project.
      </p>
      {create.data === undefined ? (
        <NewLink isBusy={create.isPending} error={create.error} onMake={(wish) => create.mutate(wish)} />
      ) : (
        <MadeLink share={create.data} onAnother={() => create.reset()} />
      )}
      <h3 className="mt-5 mb-1 font-semibold">Links</h3>
      {isError && data === undefined ? (
        <Failure error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Skeleton className="h-16" />
      ) : data.length === 0 ? (
        <p className="text-faint">There is none yet.</p>
      ) : (
        <ul className="divide-y divide-line">
          {data.map((share) => (
            <ShareRow
              key={share.id}
              share={share}
              isBusy={revoke.isPending && revoke.variables === share.id}
              onRevoke={() => revoke.mutate(share.id)}
            />
          ))}
        </ul>
      )}
      {revoke.error !== null && (
        <p role="alert" className="mt-2 text-bad">
          {revoke.error.message}
        </p>
      )}
    </Modal>
  );
}

interface NewLinkProps {
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onMake: (wish: ShareWish) => void;
}

function NewLink({ isBusy, error, onMake }: NewLinkProps) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [end, setEnd] = useState<keyof typeof ends>('never');
  const [canEmbed, setEmbed] = useState(false);
  return (
    <form
      className="mt-3 grid gap-3 rounded-lg border border-line p-3"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        onMake({
          canEmbed,
          ...(name.trim() !== '' && { name: name.trim() }),
          ...(password !== '' && { password }),
          ...(end !== 'never' && { expiresAt: new Date(Date.now() + Number(end) * dayMs).toISOString() }),
        });
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="For whom">
          <input
            value={name}
            maxLength={100}
            placeholder="For you to remember"
            onChange={({ target }) => setName(target.value)}
            className={inputBox}
          />
        </Field>
        <Field label="It ends">
          <select
            value={end}
            onChange={({ target }) => setEnd(target.value as keyof typeof ends)}
            className={inputBox}
          >
            {Object.entries(ends).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <Field
        label="Password (optional)"
        hint={`At least ${passwordLengthMin} characters; tell it by another way than the link.`}
      >
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={password}
          minLength={passwordLengthMin}
          maxLength={200}
          onChange={({ target }) => setPassword(target.value)}
          className={inputBox}
        />
      </Field>
      <label className="flex items-start gap-2">
        <input
          type="checkbox"
          checked={canEmbed}
          onChange={({ target }) => setEmbed(target.checked)}
          className="mt-0.5 size-4"
        />
        <span>Other sites may show it in a frame</span>
      </label>
      {error !== null && (
        <p role="alert" className="text-bad">
          {error.message}
        </p>
      )}
      <Button type="submit" look="primary" disabled={isBusy} className="justify-self-start">
        <Link2 aria-hidden className="size-4" />
        Make a link
      </Button>
    </form>
  );
}

function MadeLink({ share, onAnother }: { share: NewShare; onAnother: () => void }) {
  const address = location.origin + share.path;
  return (
    <div className="mt-3 grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-accent p-3">
      <p className="font-medium">The link is made. It is shown this once.</p>
      <CodeBlock text={address} />
      {share.canEmbed && (
        <>
          <p className="text-[13px] text-soft">To show it on another page:</p>
          <CodeBlock
            text={`<iframe src="${address}?embed=1" title="Board" width="100%" height="800" style="border:0"></iframe>`}
          />
        </>
      )}
      <Button small onClick={onAnother} className="justify-self-start">
        Make another
      </Button>
    </div>
  );
}

interface ShareRowProps {
  readonly share: Share;
  readonly isBusy: boolean;
  readonly onRevoke: () => void;
}

function ShareRow({ share, isBusy, onRevoke }: ShareRowProps) {
  const [isSure, setSure] = useState(false);
  const { name, hasPassword, canEmbed, createdAt, expiresAt } = share;
  const isOver = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  const end = expiresAt === null ? '' : `, ${isOver ? 'ended' : 'ends'} ${day(expiresAt, browserZone)}`;
  const label = name ?? 'Link';
  return (
    <li className="flex items-center gap-2 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate" title={label}>
          {label}
        </p>
        <p className="flex items-center gap-2 text-[13px] text-faint">
          <span className={isOver ? 'text-warn' : ''}>
            made {day(createdAt, browserZone)}
            {end}
          </span>
          {hasPassword && (
            <span className="inline-flex items-center gap-1">
              <KeyRound aria-hidden className="size-3.5" />
              password
            </span>
          )}
          {canEmbed && (
            <span className="inline-flex items-center gap-1">
              <Code aria-hidden className="size-3.5" />
              frame
            </span>
          )}
        </p>
      </div>
      <Button
        small
        look="danger"
        disabled={isBusy}
        aria-label={isSure ? `Revoke ${label} now` : `Revoke ${label}`}
        onClick={() => (isSure ? onRevoke() : setSure(true))}
        onBlur={() => setSure(false)}
      >
        {isSure ? 'Revoke now' : 'Revoke'}
      </Button>
    </li>
  );
}
