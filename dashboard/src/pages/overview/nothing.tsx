/** Where a trend would stand: no event in this time, or none ever, which is how every project begins. */
import { Link } from '@tanstack/react-router';
import type { EventsData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { Empty } from '../../ui/states.tsx';

const anyEvent = { kind: 'events', range: 'all', limit: 1, bots: 'include' };

export function Nothing({ project }: { project: string }) {
  const { data } = useAnswer<EventsData>(project, anyEvent);
  if (data?.data.events.length !== 0)
    return <Empty title="Nothing happened in this time">Choose a longer range, or take filters away.</Empty>;
  return (
    <Empty title="No event has come yet">
      <p>A line of script in your pages, or one call from a server, and numbers appear here.</p>
      <Link
        to="/p/$project/start"
        params={{ project }}
        className="mt-3 inline-flex h-9 items-center rounded-md bg-accent px-3 font-medium text-accent-ink"
      >
        First steps
      </Link>
    </Empty>
  );
}
