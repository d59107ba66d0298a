/** What stands where an answer is not: on its way, empty, or failed; each says what to do. */
import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classes('animate-pulse rounded bg-sunken', className)} />;
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex h-full min-h-32 flex-col items-center justify-center gap-1.5 p-6 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="max-w-md text-faint">{children}</div>}
    </div>
  );
}

const advice: Readonly<Record<string, string>> = {
  unreachable: 'It is tried again by itself.',
  store_unavailable: 'Events are still taken, and counted when the store is back.',
  forbidden: 'Ask an administrator of this project.',
};

export function Failure({
  error,
  retry,
  title = 'This could not be loaded',
}: {
  error: Error;
  retry?: () => void;
  title?: string;
}) {
  const code = error instanceof ApiError ? error.code : 'unknown';
  return (
    <div
      role="alert"
      className="flex h-full min-h-32 flex-col items-center justify-center gap-2 p-6 text-center"
    >
      <p className="font-medium text-bad">{title}</p>
      <p className="max-w-lg break-words text-soft">{error.message}</p>
      {advice[code] !== undefined && <p className="text-faint">{advice[code]}</p>}
      {retry !== undefined && (
        <Button small onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
