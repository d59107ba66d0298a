/** From nothing to the first event: the snippet with a key in it, other ways to send, and a page that waits. */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CheckCircle2, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { EventsData } from '../../../../src/query/wire.ts';
import { sendTestEvent, useKeyChange } from '../../api/house.ts';
import { ask } from '../../api/questions.ts';
import { ago } from '../../format/dates.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/copy.tsx';

const placeholder = 'YOUR_WRITE_KEY';
const pollMs = 2_000;

export function Start({ project }: { project: string }) {
  const create = useKeyChange(project);
  const secret = create.data?.secret;
  const key = secret ?? placeholder;
  const origin = location.origin;
  return (
    <div className="mx-auto grid max-w-4xl grid-cols-1 gap-4">
      <h1 className="text-lg font-semibold">First steps</h1>
      <Card label="Key" className="grid grid-cols-1 gap-3 p-4">
        <h2 className="font-semibold">1. A key that may send events</h2>
        {secret === undefined ? (
          <>
            <p className="text-soft">
              It can send events and nothing else, so it is safe in a page. Have one already? Put it where{' '}
              <code className="font-mono">{placeholder}</code> stands.
            </p>
            <div>
              <Button
                look="primary"
                disabled={create.isPending}
                onClick={() =>
                  create.mutate({ kind: 'create', input: { scope: 'write', name: 'website', origins: [] } })
                }
              >
                Make a key
              </Button>
            </div>
            {create.isError && (
              <p role="alert" className="text-bad">
                {create.error.message}
              </p>
            )}
          </>
        ) : (
          <p>
            Made, and shown this once: <code className="font-mono break-all">{secret}</code>
          </p>
        )}
      </Card>
      <Card label="Snippet" className="grid grid-cols-1 gap-3 p-4">
        <h2 className="font-semibold">2. Into the head of every page</h2>
        <CodeBlock text={`<script defer src="${origin}/m.js" data-key="${key}"></script>`} />
        <p className="text-soft">
          Page views and links that lead away are then told by themselves; no cookies. Everything else in one
          line:
        </p>
        <CodeBlock
          text={
            "millrace('signup', { plan: 'pro' });\nmillrace('purchase', { amount: '49.90', currency: 'EUR', productId: 'book-1' });"
          }
        />
        <details>
          <summary className="cursor-pointer text-soft">From a server, or to try it: curl</summary>
          <div className="mt-2">
            <CodeBlock
              text={`curl ${origin}/api/collect -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\\n  -d '{"type": "signup", "userId": "ada", "timestamp": "${new Date().toISOString()}"}'`}
            />
          </div>
        </details>
      </Card>
      <FirstEvent project={project} secret={secret} />
    </div>
  );
}

function FirstEvent({ project, secret }: { project: string; secret: string | undefined }) {
  const [error, setError] = useState<string>();
  const { data } = useQuery({
    queryKey: ['first-event', project],
    queryFn: ({ signal }) =>
      ask<EventsData>(project, { kind: 'events', range: '30d', limit: 1, bots: 'include' }, signal),
    refetchInterval: pollMs,
  });
  const [last] = data?.data.events ?? [];
  const isThere = last !== undefined;
  const Icon = isThere ? CheckCircle2 : LoaderCircle;
  return (
    <Card label="First event" className="grid grid-cols-1 gap-3 p-4">
      <h2 className="font-semibold">3. The first event</h2>
      <p role="status" className="flex items-center gap-2">
        <Icon aria-hidden className={`size-5 ${isThere ? 'text-good' : 'animate-spin text-faint'}`} />
        {isThere
          ? `It is here: ${last.type}${last.path === undefined ? '' : ` on ${last.path}`}, ${ago(last.timestamp, Date.now())}.`
          : 'Waiting for it. Open a page with the snippet, or send one from here.'}
      </p>
      <div className="flex flex-wrap gap-2">
        {isThere && (
          <Link
            to="/p/$project"
            params={{ project }}
            className="inline-flex h-9 items-center rounded-md bg-accent px-3 font-medium text-accent-ink"
          >
            To the overview
          </Link>
        )}
        <Button
          disabled={secret === undefined}
          title={secret === undefined ? 'Make a key above first' : undefined}
          onClick={() =>
            sendTestEvent(secret!).then(
              () => setError(undefined),
              (failed: Error) => setError(failed.message),
            )
          }
        >
          Send a test event
        </Button>
      </div>
      {error !== undefined && (
        <p role="alert" className="text-bad">
          {error}
        </p>
      )}
    </Card>
  );
}
