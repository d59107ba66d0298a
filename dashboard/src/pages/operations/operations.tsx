/** Is everything as it should be, and if not, what then: intake, delivery, answers, quarantine, all checks. */
import { CheckCircle2, TriangleAlert } from 'lucide-react';
import { useMetrics, useQueue, useReadiness } from '../../api/operations.ts';
import { useSession } from '../../api/session.ts';
import { Card } from '../../ui/card.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { Checks } from './checks.tsx';
import { Delivery } from './delivery.tsx';
import { DiskCard } from './disk-card.tsx';
import { Figures } from './figures.tsx';
import { LedgerCard } from './ledger-card.tsx';
import { Pools } from './pools.tsx';
import { Quarantine } from './quarantine.tsx';
import { SlowQuestions } from './slow-questions.tsx';

export function Operations({ project }: { project: string }) {
  const queue = useQueue(project);
  const metrics = useMetrics(project);
  const keepsHouse = useSession()?.keepsHouse === true;
  return (
    <div className="grid grid-cols-1 gap-4">
      <h1 className="text-lg font-semibold">Operations</h1>
      <State />
      {queue.isError && queue.data === undefined ? (
        <Card>
          <Failure error={queue.error} retry={() => queue.refetch()} title="The queue cannot be asked" />
        </Card>
      ) : queue.data === undefined ? (
        <Skeleton className="h-64" />
      ) : (
        <>
          <Figures project={project} queue={queue.data} metrics={metrics.data} />
          <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
            <LedgerCard ledger={queue.data.ledger} />
            {keepsHouse ? <DiskCard project={project} /> : <Delivery queue={queue.data} />}
          </div>
          {keepsHouse && <Delivery queue={queue.data} />}
        </>
      )}
      <Pools metrics={metrics.data} />
      <Quarantine project={project} />
      {keepsHouse && (
        <>
          <SlowQuestions project={project} />
          <Checks project={project} />
        </>
      )}
    </div>
  );
}

/** One line for whoever was woken up. */
function State() {
  const { data, isError } = useReadiness();
  if (isError)
    return (
      <Line isBad>
        <strong>The server cannot be reached.</strong> Events are kept by those who send them; it is tried
        again by itself.
      </Line>
    );
  if (data === undefined) return <Skeleton className="h-11" />;
  const troubled = Object.entries(data.parts).filter(([, { status }]) => status !== 'ready');
  if (data.status === 'ready' && troubled.length === 0)
    return <Line>Everything works: events are taken, stored and counted, and questions are answered.</Line>;
  return (
    <Line isBad>
      <strong>
        {data.collecting ? 'Events are taken' : 'Events are not taken'};{' '}
        {data.answering ? 'questions are answered' : 'questions are not answered'}.
      </strong>
      {troubled.map(([name, { status, reason, detail }]) => (
        <span key={name} className="block">
          {name}: {reason ?? detail ?? status}
        </span>
      ))}
    </Line>
  );
}

function Line({ children, isBad = false }: { children: React.ReactNode; isBad?: boolean }) {
  const Icon = isBad ? TriangleAlert : CheckCircle2;
  return (
    <div
      role="status"
      className={`flex items-start gap-2.5 rounded-xl border px-4 py-3 ${isBad ? 'border-bad bg-bad-soft' : 'border-line bg-card'}`}
    >
      <Icon aria-hidden className={`mt-px size-5 shrink-0 ${isBad ? 'text-bad' : 'text-good'}`} />
      <div>{children}</div>
    </div>
  );
}
