/** By a link that works once, or by e-mail and password. The link's secret stands behind # and so reaches no log. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useSignIn } from '../../api/session.ts';
import type { Search } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';

export function SignIn() {
  const { to } = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const signIn = useSignIn();
  const tried = useRef(false);
  // only within these pages
  const wanted = typeof to === 'string' && /^\/(?!\/)/.test(to) ? to : '/';

  useEffect(() => {
    const link = location.hash.slice(1);
    if (link === '' || tried.current) return;
    tried.current = true;
    // nobody who looks over a shoulder or at the history can use it
    history.replaceState(null, '', location.pathname + location.search);
    signIn.mutate({ link }, { onSuccess: () => navigate({ href: wanted }) });
  }, [signIn, navigate, wanted]);

  return (
    <main className="grid min-h-screen place-items-center px-4">
      <div className="w-full max-w-sm">
        <img src="/icon.svg" alt="" className="mx-auto mb-4 size-12" />
        <h1 className="mb-6 text-center text-xl font-semibold">Sign in to Millrace</h1>
        <PasswordForm
          isBusy={signIn.isPending}
          error={signIn.error}
          onSubmit={(email, password) =>
            signIn.mutate({ email, password }, { onSuccess: () => navigate({ href: wanted }) })
          }
        />
        <p className="mt-6 text-center text-[13px] text-faint">
          No password yet, or forgotten? Whoever runs the server makes a link that signs you in:
          <code className="mt-1 block rounded bg-sunken px-2 py-1 font-mono text-ink">
            npx millrace users link you@example.com
          </code>
        </p>
      </div>
    </main>
  );
}

interface PasswordFormProps {
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (email: string, password: string) => void;
}

function PasswordForm({ isBusy, error, onSubmit }: PasswordFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const field = 'h-10 w-full rounded-md border border-line bg-card px-3';
  return (
    <form
      className="grid gap-3 rounded-xl border border-line bg-card p-5"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        onSubmit(email, password);
      }}
    >
      <label className="grid gap-1 text-soft">
        E-mail
        <input
          type="email"
          required
          autoComplete="username"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
          className={field}
        />
      </label>
      <label className="grid gap-1 text-soft">
        Password
        <input
          type="password"
          required
          autoComplete="current-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
          className={field}
        />
      </label>
      {error !== null && (
        <p role="alert" className="text-bad">
          {error.message}
        </p>
      )}
      <Button type="submit" look="primary" disabled={isBusy} className="h-10">
        {isBusy ? 'One moment …' : 'Sign in'}
      </Button>
    </form>
  );
}
