/** The writer, partition by partition. */
import type { Queue } from '../../api/operations.ts';
import { ago, browserZone, dayAndClock } from '../../format/dates.ts';
import { decimalNumber, fullNumber } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';

type Partition = Queue['partitions'][number];

export function Delivery({ queue }: { queue: Queue }) {
  return (
    <Card label="Delivery" className="p-4">
      <h2 className="mb-2 font-semibold">Delivery into the store</h2>
      <section
        aria-label="Partitions"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        className="overflow-x-auto"
      >
        <table className="tabular w-full text-left whitespace-nowrap [&_td:not(:last-child)]:pr-4 [&_th:not(:last-child)]:pr-4">
          <thead className="text-[13px] text-faint">
            <tr>
              <th className="py-1 font-normal">Partition</th>
              <th className="py-1 font-normal">Doing</th>
              <th className="py-1 text-right font-normal">Waiting</th>
              <th className="py-1 text-right font-normal">Rate</th>
              <th className="py-1 font-normal">Last batch</th>
            </tr>
          </thead>
          <tbody>
            {queue.partitions.map((each) => (
              <Row key={each.partition} partition={each} now={Date.parse(queue.timestamp)} />
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

const messageOf = (error: Partition['lastError']) =>
  typeof error === 'string' ? error : (error?.message ?? '');

function Row({ partition, now }: { partition: Partition; now: number }) {
  const { lastBatch, lastError, mode } = partition;
  return (
    <>
      <tr className="border-t border-line">
        <td className="py-1.5">{partition.partition}</td>
        <td className={`py-1.5 ${mode === 'failed' ? 'font-semibold text-bad' : ''}`}>{mode}</td>
        <td className="py-1.5 text-right">{fullNumber(partition.waiting)}</td>
        <td className="py-1.5 text-right">{decimalNumber(partition.eventsPerSecond)}/s</td>
        <td
          className="py-1.5"
          title={lastBatch === null ? undefined : dayAndClock(lastBatch.at, browserZone)}
        >
          {lastBatch === null
            ? 'none yet'
            : `${fullNumber(lastBatch.rows)} rows in ${Math.round(lastBatch.durationMs)} ms, ${ago(lastBatch.at, now)}`}
        </td>
      </tr>
      {lastError !== null && (
        <tr>
          <td colSpan={5} className="pb-1.5 text-[13px] whitespace-normal text-warn">
            Last error: {messageOf(lastError)}
          </td>
        </tr>
      )}
    </>
  );
}
