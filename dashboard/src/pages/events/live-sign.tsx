/** Whether the list is live, paused or still, and how many events wait. */
import { ArrowUp } from 'lucide-react';
import { fullNumber, shortNumber } from '../../format/numbers.ts';
import { classes } from '../../ui/classes.ts';
import { type Feed, pageSize, rateOf } from './feed.ts';
import type { UsedFeed } from './use-feed.ts';

export function LiveSign({
  used,
  isPaused,
  isReading,
}: {
  used: UsedFeed;
  isPaused: boolean;
  isReading: boolean;
}) {
  const { feed, isConnected } = used;
  const isStill = isReading || feed.hasOlder;
  const words = isPaused ? 'Paused' : !isConnected ? 'Connecting' : isStill ? 'Still' : 'Live';
  const rate = feed.isSampled ? rateOf(feed.latest?.events ?? feed.rows) : undefined;
  return (
    <span className="flex items-center gap-2 text-soft">
      <span
        aria-hidden
        className={classes('size-2 rounded-full', words === 'Live' ? 'bg-good' : 'bg-faint')}
      />
      <span>
        {words}
        {words === 'Still' && <span className="max-sm:hidden"> while you read</span>}
      </span>
      {!isPaused && feed.isSampled && (
        <span
          className="text-faint"
          title="More come in than a list can show: each second its newest ones are taken"
        >
          a sample{rate !== undefined && ` of about ${shortNumber(Math.round(rate))} a second`}
        </span>
      )}
    </span>
  );
}

export function Waiting({ feed, onShow }: { feed: Feed; onShow: () => void }) {
  if (feed.waiting === 0) return null;
  const isMore = feed.waiting >= pageSize;
  return (
    <div className="sticky top-14 z-10 flex h-0 justify-center">
      <button
        type="button"
        onClick={onShow}
        className="mt-2 inline-flex h-8 items-center gap-1.5 rounded-full bg-accent px-3 text-[13px] font-medium text-accent-ink shadow-md shadow-black/20 hover:opacity-90"
      >
        <ArrowUp aria-hidden className="size-4" />
        {fullNumber(feed.waiting)}
        {isMore && '+'} new
      </button>
    </div>
  );
}
