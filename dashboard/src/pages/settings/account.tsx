/** The e-mail address and the password of whoever looks. */
import { useState } from 'react';
import { type Session, usePasswordChange } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

export function Account({ session }: { session: Session }) {
  const { email, hasPassword } = session.person;
  return (
    <Card label="Your account" className="p-4">
      <h2 className="mb-1 font-semibold">Your account</h2>
      <p className="mb-3 text-soft">
        {hasPassword
          ? `You sign in as ${email}.`
          : 'You came by a link, which is used up. Set a password, so that you can come again without one.'}
      </p>
      <PasswordForm key={String(hasPassword)} email={email ?? ''} asksCurrent={hasPassword === true} />
    </Card>
  );
}

function PasswordForm({ email: known, asksCurrent }: { email: string; asksCurrent: boolean }) {
  const change = usePasswordChange();
  const [email, setEmail] = useState(known);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  return (
    <form
      className="grid max-w-3xl items-start gap-3 sm:grid-cols-3"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        change.mutate({ password, ...(asksCurrent && { current }), ...(email !== known && { email }) });
      }}
    >
      <Field label="E-mail">
        <input
          type="email"
          required
          autoComplete="username"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
          className={inputBox}
        />
      </Field>
      {asksCurrent && (
        <Field label="Password until now">
          <input
            type="password"
            required
            autoComplete="current-password"
            value={current}
            onChange={({ target }) => setCurrent(target.value)}
            className={inputBox}
          />
        </Field>
      )}
      <Field label="New password" hint="12 characters or more">
        <input
          type="password"
          required
          minLength={12}
          autoComplete="new-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
          className={inputBox}
        />
      </Field>
      <div className="flex flex-wrap items-center gap-3 sm:col-span-3">
        <Button type="submit" disabled={change.isPending}>
          Set the password
        </Button>
        {change.isError && (
          <p role="alert" className="text-bad">
            {change.error.message}
          </p>
        )}
        {change.isSuccess && <p role="status">Set. Your other sessions have ended.</p>}
      </div>
    </form>
  );
}
