/** How many people are here now, as of the last five minutes. */
import type { LiveData } from '../../../src/query/wire.ts';
import { useAnswer } from '../api/questions.ts';
import { fullNumber } from '../format/numbers.ts';

export function LiveCount({ project }: { project: string }) {
  const { data } = useAnswer<LiveData>(project, { kind: 'live', limit: 1 });
  if (data === undefined) return null;
  const { now } = data.data;
  return (
    <span
      className="flex items-center gap-2 px-2 whitespace-nowrap text-soft"
      title="People with an event in the last five minutes"
    >
      <span aria-hidden className={`size-2 rounded-full ${now > 0 ? 'bg-good' : 'bg-faint'}`} />
      <span>
        <span className="tabular font-medium text-ink">{fullNumber(now)}</span>{' '}
        <span className="hidden md:inline">here </span>now
      </span>
    </span>
  );
}
