/** Keys: which there are, new ones, new secrets for old ones, and the end of them. */
import { useState } from 'react';
import { type Key, type NewKey, useKeyChange, useKeys } from '../../api/house.ts';
import { browserZone, fullDay } from '../../format/dates.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { KeyForm } from './key-form.tsx';

export function Keys({ project }: { project: string }) {
  const { data, error, isError, refetch } = useKeys(project);
  const change = useKeyChange(project);
  const [isNew, setNew] = useState(false);
  const living = data?.filter(({ revokedAt }) => revokedAt === null);
  return (
    <Card label="Keys" className="p-4">
      <div className="mb-2 flex items-center gap-2">
        <h2 className="flex-1 font-semibold">Keys</h2>
        {!isNew && (
          <Button look="primary" small onClick={() => setNew(true)}>
            New key
          </Button>
        )}
      </div>
      {isNew && (
        <KeyForm
          isBusy={change.isPending}
          onCancel={() => setNew(false)}
          onSubmit={(input) => change.mutate({ kind: 'create', input }, { onSuccess: () => setNew(false) })}
        />
      )}
      {change.isError && (
        <p role="alert" className="mb-2 text-bad">
          {change.error.message}
        </p>
      )}
      {change.data !== undefined && <Secret made={change.data} />}
      {isError ? (
        <Failure error={error} retry={() => refetch()} />
      ) : living === undefined ? (
        <Skeleton className="h-24" />
      ) : living.length === 0 ? (
        <Empty title="No keys yet">Make one that sends events, and put it into your pages.</Empty>
      ) : (
        <ul className="divide-y divide-line">
          {living.map((key) => (
            <KeyRow
              key={key.id}
              of={key}
              isBusy={change.isPending}
              onRotate={() => change.mutate({ kind: 'rotate', id: key.id })}
              onRevoke={() => change.mutate({ kind: 'revoke', id: key.id })}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

const scopeWords: Readonly<Record<Key['scope'], string>> = {
  write: 'sends events',
  read: 'asks questions',
  admin: 'does everything',
};

interface KeyRowProps {
  readonly of: Key;
  readonly isBusy: boolean;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}

function KeyRow({ of: { name, scope, hint, origins, createdAt }, isBusy, onRotate, onRevoke }: KeyRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="truncate">
          <span className="font-medium">{name}</span> <span className="text-soft">{scopeWords[scope]}</span>
        </p>
        <p className="truncate text-[13px] text-faint">
          <code className="font-mono">{hint}</code> · since {fullDay(createdAt, browserZone)}
          {origins.length > 0 && ` · only from ${origins.join(', ')}`}
        </p>
      </div>
      <ConfirmButton
        small
        disabled={isBusy}
        title={`A new secret for “${name}”?`}
        words="The old one stops working at once: whatever uses it is refused until it has the new one."
        does="Make a new secret"
        onConfirm={onRotate}
      >
        New secret
      </ConfirmButton>
      <ConfirmButton
        small
        look="danger"
        disabled={isBusy}
        title={`End the key “${name}”?`}
        words="Whatever uses it is refused at once, and it cannot be brought back."
        does="End the key"
        onConfirm={onRevoke}
      >
        End it
      </ConfirmButton>
    </li>
  );
}

function Secret({ made }: { made: NewKey }) {
  return (
    <div role="status" className="mb-3 flex flex-wrap items-center gap-3 rounded-lg bg-accent-soft p-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium">The secret of “{made.name}”. It is shown this once.</p>
        <code className="font-mono text-[13px] break-all">{made.secret}</code>
      </div>
      <CopyButton text={made.secret} />
    </div>
  );
}
