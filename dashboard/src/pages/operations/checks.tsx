/** Everything that can be checked, checked now: the ledger against the rows, every byte of the log, rollups, disk, clock, keys. */
import { CheckCircle2, CircleAlert, CircleX } from 'lucide-react';
import { type Check, useDoctor } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';

const icons = {
  ok: { Icon: CheckCircle2, color: 'text-good', words: 'ok' },
  warning: { Icon: CircleAlert, color: 'text-warn', words: 'warning' },
  failed: { Icon: CircleX, color: 'text-bad', words: 'failed' },
} as const;

export function Checks({ project }: { project: string }) {
  const doctor = useDoctor(project);
  return (
    <Card label="Checks" className="p-4">
      <div className="flex flex-wrap items-center gap-3">
        <div className="flex-1">
          <h2 className="font-semibold">All checks</h2>
          <p className="text-[13px] text-faint">
            The ledger against the rows, every byte of the log, rollups, disk and when it fills, clock, keys.
            Changes nothing.
          </p>
        </div>
        <Button disabled={doctor.isPending} onClick={() => doctor.mutate()}>
          {doctor.isPending ? 'Checking …' : 'Run them'}
        </Button>
      </div>
      {doctor.isError && (
        <p role="alert" className="mt-3 text-bad">
          {doctor.error.message}
        </p>
      )}
      {doctor.data !== undefined && (
        <ul className="mt-3 divide-y divide-line" aria-live="polite">
          {doctor.data.checks.map((check) => (
            <Finding key={check.name} check={check} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Finding({ check: { name, status, detail, advice } }: { check: Check }) {
  const { Icon, color, words } = icons[status];
  return (
    <li className="flex items-start gap-2.5 py-2">
      <Icon aria-label={words} className={`mt-px size-5 shrink-0 ${color}`} />
      <div className="min-w-0">
        <p className="break-words">
          <span className="font-medium">{name}</span> <span className="text-soft">{detail}</span>
        </p>
        {advice !== '' && <p className="text-[13px] break-words text-faint">{advice}</p>}
      </div>
    </li>
  );
}
