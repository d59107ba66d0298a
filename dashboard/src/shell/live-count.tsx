/** How many people are here now, as of the last five minutes. Its stream is what makes the page ask anew. */
import type { LiveData } from '../../../src/query/wire.ts';
import { useWatched } from '../api/stream.ts';
import { fullNumber } from '../format/numbers.ts';

const plan = { kind: 'live', limit: 1 };

export function LiveCount({ project }: { project: string }) {
  const { answer, isLive } = useWatched<LiveData>(project, plan);
  if (answer === undefined) return null;
  const { now } = answer.data;
  const title = `People with an event in the last five minutes${isLive ? '' : '; not connected, so it is asked for now and then'}`;
  return (
    <span className="flex items-center gap-2 px-2 whitespace-nowrap text-soft" title={title}>
      <span aria-hidden className={`size-2 rounded-full ${isLive && now > 0 ? 'bg-good' : 'bg-faint'}`} />
      <span>
        <span className="tabular font-medium text-ink">{fullNumber(now)}</span>{' '}
        <span className="hidden md:inline">here </span>now
      </span>
    </span>
  );
}
