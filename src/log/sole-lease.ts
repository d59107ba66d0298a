/** The lease of a log that has one owner: always there, never lost. */
import { failure } from '../errors.ts';
import type { Lease, Log } from './log.ts';

export function soleLease(log: Pick<Log, 'ends'>, partition: number): Lease {
  return {
    token: 0,
    lost: new AbortController().signal,
    async begin(taken) {
      const { next } = log.ends(partition);
      if (taken > next) throw failure('log_behind', { partition, next, progress: taken });
    },
    async release() {},
  };
}
