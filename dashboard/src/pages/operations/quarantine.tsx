/** Events that the store would not take: why, what they hold, and what to do with them. */
import { useState } from 'react';
import {
  type DeadLetter,
  type Order,
  type OrderReport,
  useDeadLetter,
  useDeadLetters,
  useOrder,
} from '../../api/operations.ts';
import { browserZone, dayAndClock } from '../../format/dates.ts';
import { fullNumber } from '../../format/numbers.ts';
import { AllWell } from '../../ui/all-well.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';

export function Quarantine({ project }: { project: string }) {
  const { data, error, isError, refetch } = useDeadLetters(project);
  const order = useOrder(project);
  const [open, setOpen] = useState<string>();
  if (data === null) return null;
  return (
    <Card label="Quarantine" className="p-4">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h2 className="font-semibold">Quarantine</h2>
        {data !== undefined && data.total > 0 && (
          <>
            <span className="text-faint">{fullNumber(data.total)} events</span>
            <Button
              small
              className="ml-auto"
              disabled={order.isPending}
              onClick={() => order.mutate({ order: 'replay', ids: 'all' })}
            >
              Replay all
            </Button>
          </>
        )}
      </div>
      {order.data !== undefined && <Report report={order.data} />}
      {order.isError && (
        <p role="alert" className="mb-2 text-bad">
          {order.error.message}
        </p>
      )}
      {isError ? (
        <Failure error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Skeleton className="h-24" />
      ) : data.data.length === 0 ? (
        <AllWell>Nothing in quarantine: every event that was accepted could be stored.</AllWell>
      ) : (
        <List
          items={data.data}
          onOpen={setOpen}
          onOrder={(kind, id) => order.mutate({ order: kind, ids: [id] })}
          isBusy={order.isPending}
        />
      )}
      <Body project={project} id={open} onClose={() => setOpen(undefined)} />
    </Card>
  );
}

function Report({ report }: { report: OrderReport }) {
  const words = Object.entries(report).flatMap(([name, value]) =>
    typeof value === 'number' && value > 0 ? [`${fullNumber(value)} ${name}`] : [],
  );
  return (
    <p role="status" className="mb-2 text-soft">
      {words.length === 0 ? 'Nothing was changed.' : `${words.join(', ')}.`}
    </p>
  );
}

interface ListProps {
  readonly items: readonly DeadLetter[];
  readonly onOpen: (id: string) => void;
  readonly onOrder: (order: Order, id: string) => void;
  readonly isBusy: boolean;
}

function List({ items, onOpen, onOrder, isBusy }: ListProps) {
  return (
    <ul className="divide-y divide-line">
      {items.map(({ id, reason, detail, eventId, receivedAt }) => (
        <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
          <div className="min-w-0 flex-1 basis-64">
            <p className="truncate">
              <span className="font-medium">{reason}</span> <span className="text-soft">{detail}</span>
            </p>
            <p className="truncate text-[13px] text-faint">
              {dayAndClock(receivedAt, browserZone)} · {eventId || 'unreadable'}
            </p>
          </div>
          <Button small look="quiet" onClick={() => onOpen(id)}>
            Look
          </Button>
          <Button small disabled={isBusy} onClick={() => onOrder('replay', id)}>
            Replay
          </Button>
          <ConfirmButton
            small
            look="danger"
            disabled={isBusy}
            title="Give this event up?"
            words="It is never counted, and cannot be brought back. Sent again with the same id, it is a new event."
            does="Give it up"
            onConfirm={() => onOrder('discard', id)}
          >
            Discard
          </ConfirmButton>
        </li>
      ))}
    </ul>
  );
}

function Body({ project, id, onClose }: { project: string; id: string | undefined; onClose: () => void }) {
  const { data } = useDeadLetter(project, id);
  return (
    <Modal
      title={data?.eventId ? `Event ${data.eventId}` : 'Event'}
      open={id !== undefined}
      onClose={onClose}
      size="large"
    >
      <pre className="overflow-x-auto rounded-lg bg-sunken p-3 font-mono text-[13px] whitespace-pre-wrap break-all">
        {data === undefined ? '…' : pretty(data.body)}
      </pre>
    </Modal>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
