/** Who may see this project, and as what; new people come by a link that signs them in once. */
import { useState } from 'react';
import { type Person, type SignInLink, usePeople, usePeopleChange } from '../../api/house.ts';
import { type Role, useSession } from '../../api/session.ts';
import { browserZone, dayAndClock } from '../../format/dates.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { Field, inputBox } from '../../ui/field.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';

const roles: Readonly<Record<Role, string>> = {
  viewer: 'Viewer: looks and asks',
  editor: 'Editor: saves and shares too',
  admin: 'Admin: keeps keys and people too',
};

export function People({ project }: { project: string }) {
  const { data, error, isError, refetch } = usePeople(project);
  const change = usePeopleChange(project);
  const own = useSession()?.person.id;
  return (
    <Card label="People" className="p-4">
      <h2 className="mb-2 font-semibold">People</h2>
      {change.isError && (
        <p role="alert" className="mb-2 text-bad">
          {change.error.message}
        </p>
      )}
      {change.data && <NewLink link={change.data} />}
      {isError ? (
        <Failure error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Skeleton className="h-16" />
      ) : (
        <ul className="divide-y divide-line">
          {data.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              project={project}
              isOwn={person.id === own}
              isBusy={change.isPending}
              onRole={(role) => change.mutate({ kind: 'role', id: person.id, role })}
              onLink={() => change.mutate({ kind: 'link', id: person.id })}
            />
          ))}
        </ul>
      )}
      <Invitation
        isBusy={change.isPending}
        onInvite={(email, role) => change.mutate({ kind: 'add', email, role })}
      />
    </Card>
  );
}

interface PersonRowProps {
  readonly person: Person;
  readonly project: string;
  readonly isOwn: boolean;
  readonly isBusy: boolean;
  readonly onRole: (role: Role | 'none') => void;
  readonly onLink: () => void;
}

function PersonRow({ person, project, isOwn, isBusy, onRole, onLink }: PersonRowProps) {
  const name = person.email ?? person.name ?? 'By the link of the first start';
  const role = person.roles.find((each) => each.project === project)?.role;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <span className="min-w-0 flex-1 basis-48 break-words">
        <span className="font-medium">{name}</span>
        {isOwn && <span className="text-faint"> (you)</span>}
        {!person.hasPassword && <span className="text-faint"> · no password yet</span>}
      </span>
      {isOwn ? (
        <span className="text-soft">{role ?? 'admin'}</span>
      ) : (
        <>
          <select
            aria-label={`Role of ${name}`}
            value={role ?? 'none'}
            disabled={isBusy}
            onChange={({ target }) => onRole(target.value as Role | 'none')}
            className={`${inputBox} w-auto`}
          >
            {Object.entries(roles).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
            <option value="none">No part in this project</option>
          </select>
          <Button small disabled={isBusy} onClick={onLink}>
            New link
          </Button>
        </>
      )}
    </li>
  );
}

function NewLink({ link }: { link: SignInLink }) {
  return (
    <div role="status" className="mb-3 grid grid-cols-1 gap-2 rounded-lg bg-accent-soft p-3">
      <p>
        Give them this link. It signs in once, until {dayAndClock(link.expiresAt, browserZone)}; then they set
        a password.
      </p>
      <CodeBlock text={location.origin + link.path} />
    </div>
  );
}

function Invitation({
  isBusy,
  onInvite,
}: {
  isBusy: boolean;
  onInvite: (email: string, role: Role) => void;
}) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  return (
    <form
      className="mt-3 flex flex-wrap items-end gap-3 border-t border-line pt-3"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        onInvite(email, role);
      }}
    >
      <div className="w-full max-w-64">
        <Field label="E-mail of somebody new">
          <input
            type="email"
            required
            value={email}
            onChange={({ target }) => setEmail(target.value)}
            className={inputBox}
          />
        </Field>
      </div>
      <Field label="Role">
        <select value={role} onChange={({ target }) => setRole(target.value as Role)} className={inputBox}>
          {Object.entries(roles).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Button type="submit" disabled={isBusy}>
        Let them in
      </Button>
    </form>
  );
}
