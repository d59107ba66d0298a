import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useNewProject } from '../../api/house.ts';
import { useSession } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

export function NewProject() {
  const session = useSession();
  const navigate = useNavigate();
  const create = useNewProject();
  const [name, setName] = useState('');
  const id = name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (session?.keepsHouse !== true) return null;
  return (
    <Card label="New project" className="p-4">
      <h2 className="mb-2 font-semibold">New project</h2>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          create.mutate(
            { id, name },
            { onSuccess: () => navigate({ to: '/p/$project/start', params: { project: id } }) },
          );
        }}
      >
        <div className="w-full max-w-xs">
          <Field label="Name">
            <input
              required
              value={name}
              placeholder="Shop"
              onChange={({ target }) => setName(target.value)}
              className={inputBox}
            />
          </Field>
        </div>
        <Button type="submit" disabled={id === '' || create.isPending}>
          {id === '' ? 'Make it' : `Make “${id}”`}
        </Button>
      </form>
      {create.isError && (
        <p role="alert" className="mt-2 text-bad">
          {create.error.message}
        </p>
      )}
    </Card>
  );
}
