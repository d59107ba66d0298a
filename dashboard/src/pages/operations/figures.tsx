/** Numbers of this moment, with their course since the page was opened. */
import { useEffect, useState } from 'react';
import { type Queue, type Samples, useCache } from '../../api/operations.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import { bytes, decimalNumber, duration, fullNumber, percent } from '../../format/numbers.ts';
import { classes } from '../../ui/classes.ts';

interface FiguresProps {
  readonly project: string;
  readonly queue: Queue;
  readonly metrics: Samples | undefined;
}

const pointsMax = 120;
const milliseconds = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : duration(ms));

export function Figures({ project, queue, metrics }: FiguresProps) {
  const cache = useCache(project);
  const sample = (name: string) => metrics?.get(`millrace_${name}`);
  const answerSeconds = sample('collect_recent_duration_seconds{quantile="0.99"}');
  const memory = sample('process_resident_bytes');
  const disk = sample('store_bytes');
  const course = useCourse(queue, answerSeconds);
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-xl border border-line bg-card sm:grid-cols-4">
      <Figure
        name="Waiting events"
        help="Accepted and on disk, not countable yet"
        value={fullNumber(queue.queueLength)}
        isBad={queue.status !== 'ok'}
        course={course.waiting}
      />
      <Figure
        name="Lag"
        help="How long the oldest of them has waited"
        value={milliseconds(queue.lagMs)}
        isBad={queue.status !== 'ok'}
        course={course.lag}
      />
      <Figure
        name="Accepted"
        help="Events a second over the last minute"
        value={rate(sample('collect_recent_events_per_second'))}
        course={course.stored}
      />
      <Figure
        name="Answered within"
        help="99 of 100 requests that send events, last minute"
        value={answerSeconds === undefined ? '–' : milliseconds(1000 * answerSeconds)}
        course={course.answered}
      />
      <Figure
        name="In quarantine"
        help="Events that the store would not take"
        value={queue.deadLetters === null ? '–' : fullNumber(queue.deadLetters)}
        isBad={(queue.deadLetters ?? 0) > 0}
      />
      <Figure
        name="Answers kept"
        help="Questions that were answered from the cache"
        value={cache.data?.hitRate == null ? '–' : percent(cache.data.hitRate)}
      />
      <Figure
        name="On disk"
        help={`The store ${disk === undefined ? 'is not known' : `has ${bytes(disk)}`}, the log before it ${bytes(queue.log.bytes)}`}
        value={bytes((disk ?? 0) + queue.log.bytes)}
      />
      <Figure
        name="Memory"
        help="Of the server’s process; the engine has its own"
        value={memory === undefined ? '–' : bytes(memory)}
      />
    </dl>
  );
}

const rate = (value: number | undefined) =>
  value === undefined ? '–' : `${value < 100 ? decimalNumber(value) : fullNumber(value)}/s`;

interface FigureProps {
  readonly name: string;
  readonly help: string;
  readonly value: string;
  readonly isBad?: boolean;
  readonly course?: readonly number[];
}

function Figure({ name, help, value, isBad = false, course }: FigureProps) {
  return (
    <div
      title={help}
      className="border-line px-4 py-3 max-sm:odd:border-r max-sm:not-nth-last-[-n+2]:border-b sm:not-nth-[4n]:border-r sm:nth-[-n+4]:border-b"
    >
      <dt className="text-[13px] font-medium text-soft">{name}</dt>
      <dd className={classes('tabular text-xl font-semibold', isBad && 'text-bad')}>{value}</dd>
      {course !== undefined && <Sparkline values={course} isLastOpen={false} />}
    </div>
  );
}

/** The last `pointsMax` looks at the queue. */
function useCourse({ timestamp, queueLength, lagMs, eventsPerSecond }: Queue, answerSeconds = 0) {
  const [course, setCourse] = useState({
    waiting: [] as number[],
    lag: [] as number[],
    stored: [] as number[],
    answered: [] as number[],
    at: '',
  });
  useEffect(() => {
    const longer = (values: readonly number[], value: number) => [...values, value].slice(-pointsMax);
    setCourse((given) =>
      given.at === timestamp
        ? given
        : {
            waiting: longer(given.waiting, queueLength),
            lag: longer(given.lag, lagMs),
            stored: longer(given.stored, eventsPerSecond),
            answered: longer(given.answered, answerSeconds * 1_000),
            at: timestamp,
          },
    );
  }, [timestamp, queueLength, lagMs, eventsPerSecond, answerSeconds]);
  return course;
}
