/**
 * Reading the log in order without ever standing still: records, or a stretch that is damaged or gone, which is stepped
 * over. A stretch is read several times before it is given up, because that cannot be taken back.
 */
import type { Clock } from '../clock.ts';
import { isFailure } from '../errors.ts';
import type { Log, LogRecord, ReadLimits } from '../log/log.ts';

export type Stretch =
  | { readonly kind: 'records'; readonly records: readonly LogRecord[] }
  | { readonly kind: 'lost'; readonly from: number; readonly to: number; readonly cause: Error };

const damageReadsMax = 3;
const damagePauseMs = 200;

/** What stands at `from` of the partition. `records` is empty when nothing is written there yet. Errors: log_read_failed. */
export async function walk(
  log: Log,
  clock: Clock,
  partition: number,
  from: number,
  limits: ReadLimits,
): Promise<Stretch> {
  for (let reads = 1; ; reads++) {
    try {
      const records = await log.read(partition, from, limits);
      return lostBefore(records, from) ?? { kind: 'records', records };
    } catch (error) {
      const to = resumption(error);
      if (to === undefined) throw error;
      if (reads === damageReadsMax)
        return { kind: 'lost', from, to: Math.max(to, from + 1), cause: error as Error };
      await clock.sleep(damagePauseMs);
    }
  }
}

/** Where reading goes on; undefined when the error says nothing of damage. */
function resumption(error: unknown): number | undefined {
  if (!isFailure(error)) return undefined;
  const { nextOffset, first } = error.details;
  if (error.code === 'log_corrupt') return nextOffset as number;
  if (error.code === 'log_trimmed') return first as number;
  return undefined;
}

function lostBefore(records: readonly LogRecord[], from: number): Stretch | undefined {
  const first = records[0];
  if (first === undefined || first.offset <= from) return undefined;
  const cause = new Error(`the log has nothing at offset ${from}; its next record begins at ${first.offset}`);
  return { kind: 'lost', from, to: first.offset, cause };
}
