/** Where every accepted event is: the sum must balance. */
import type { Ledger } from '../../api/operations.ts';
import { fullNumber } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/states.tsx';

const parts: readonly (readonly [keyof Ledger, string, string])[] = [
  ['stored', 'Stored', 'Counted in every answer'],
  ['duplicates', 'Duplicates', 'Retries of events that were stored already'],
  ['quarantined', 'In quarantine', 'The store would not take them; see below'],
  ['inFlight', 'On their way', 'On disk, and soon countable'],
  ['lost', 'Lost', 'Damaged by the disk; doctor says where'],
];

const later: readonly (readonly [keyof Ledger, string])[] = [
  ['discarded', 'discarded from quarantine'],
  ['expired', 'past their retention'],
  ['deleted', 'deleted with their project'],
];

export function LedgerCard({ ledger }: { ledger: Ledger | null }) {
  if (ledger === null)
    return (
      <Card label="Ledger" className="p-4">
        <Empty title="The ledger is not known yet">It is read when the store answers.</Empty>
      </Card>
    );
  const sum = parts.reduce((total, [name]) => total + (ledger[name] ?? 0), 0);
  const isBalanced = sum === ledger.accepted;
  const gone = later.filter(([name]) => (ledger[name] ?? 0) > 0);
  return (
    <Card label="Ledger" className="p-4">
      <h2 className="mb-2 font-semibold">Ledger</h2>
      <table className="tabular w-full">
        <tbody>
          {parts.map(([name, label, help]) => (
            <tr key={name} className="border-b border-line" title={help}>
              <th scope="row" className="py-1.5 text-left font-normal text-soft">
                {label}
              </th>
              <td
                className={`py-1.5 text-right ${name === 'lost' && ledger.lost > 0 ? 'font-semibold text-bad' : ''}`}
              >
                {fullNumber(ledger[name] ?? 0)}
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row" className="py-1.5 text-left font-semibold">
              Accepted
            </th>
            <td className="py-1.5 text-right font-semibold">{fullNumber(ledger.accepted)}</td>
          </tr>
        </tbody>
      </table>
      <p className={`mt-2 text-[13px] ${isBalanced ? 'text-good' : 'text-bad'}`}>
        {isBalanced
          ? 'It balances: every accepted event is accounted for.'
          : `It does not balance: ${fullNumber(ledger.accepted - sum)} events are unaccounted for. Run all checks below.`}
      </p>
      {gone.length > 0 && (
        <p className="mt-1 text-[13px] text-faint">
          Of the stored, since then:{' '}
          {gone.map(([name, label]) => `${fullNumber(ledger[name] ?? 0)} ${label}`).join(', ')}.
        </p>
      )}
    </Card>
  );
}
