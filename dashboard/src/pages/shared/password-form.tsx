/** Asks for the password of a link. */
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field, inputBox } from '../../ui/field.tsx';
import { type Guest, useEnter } from './shared-api.ts';

export function PasswordForm({ guest }: { guest: Guest }) {
  const [password, setPassword] = useState('');
  const enter = useEnter(guest);
  return (
    <main className="grid min-h-[70vh] place-items-center p-4">
      <Card className="w-full max-w-sm p-6">
        <h1 className="mb-1 text-lg font-semibold">This board has a password</h1>
        <p className="mb-4 text-soft">Who gave you the link knows it.</p>
        <form
          className="grid gap-3"
          onSubmit={(submitted) => {
            submitted.preventDefault();
            enter.mutate(password);
          }}
        >
          <Field label="Password">
            <input
              type="password"
              required
              // biome-ignore lint/a11y/noAutofocus: there is nothing else on the page
              autoFocus
              autoComplete="off"
              value={password}
              onChange={({ target }) => setPassword(target.value)}
              className={inputBox}
            />
          </Field>
          {enter.error !== null && (
            <p role="alert" className="text-bad">
              {enter.error.message}
            </p>
          )}
          <Button type="submit" look="primary" disabled={enter.isPending}>
            Show the board
          </Button>
        </form>
      </Card>
    </main>
  );
}
