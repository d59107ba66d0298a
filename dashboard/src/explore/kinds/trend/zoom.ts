/** A part of the range, looked at more closely: with buckets that suit its length. */
import type { Bucket } from '../../../../../src/query/wire.ts';
import type { PlanInput } from '../../../api/questions.ts';
import { withRange } from '../../range.tsx';

/** Whole days stay dates, so that a link reads well and the range keeps its days over changes of the clock. */
export function zoomed(plan: PlanInput, first: Bucket, last: Bucket, zone: string): PlanInput {
  const [from, to] = [dateOrTime(first.from, zone), dateOrTime(last.to, zone)];
  const areDates = from.length === 10 && to.length === 10;
  const range = areDates ? { from, to } : { from: first.from, to: last.to };
  return withRange(plan, range);
}

function dateOrTime(time: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(time));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const clock = `${of('hour')}${of('minute')}${of('second')}`;
  return clock === '000000' ? `${of('year')}-${of('month')}-${of('day')}` : time;
}
