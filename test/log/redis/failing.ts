/** A log whose next append fails as the disk below the server makes it fail. */
import type { Log } from '../../../src/log/log.ts';
import type { House } from './harness.ts';

export interface Failing {
  wrap(log: Log): Log;
  /** The server has no room for the next append. */
  failWrite(): void;
  /** The server cannot fsync the next append. */
  failSync(): void;
}

export function failing(house: House): Failing {
  let next: 'write' | 'sync' | undefined;

  /** A server whose fsync fails ends before it answers. */
  const dieAtSync = async () => {
    await house.redis().client('PAUSE', 60_000, 'ALL');
    setTimeout(() => void house.server.kill(), 50);
  };
  const appendOf =
    (log: Log): Log['append'] =>
    async (partition, count, bytes) => {
      const fails = next;
      next = undefined;
      if (fails === 'write') await house.redis().config('SET', 'maxmemory', '100kb');
      if (fails === 'sync') await dieAtSync();
      try {
        return await log.append(partition, count, bytes);
      } finally {
        if (fails === 'write') await house.redis().config('SET', 'maxmemory', '0');
      }
    };
  return {
    wrap: (log) => ({
      supports: log.supports,
      partitions: log.partitions,
      failed: log.failed,
      append: appendOf(log),
      read: log.read.bind(log),
      ends: log.ends.bind(log),
      wait: log.wait.bind(log),
      lease: log.lease.bind(log),
      trim: log.trim.bind(log),
      usage: log.usage.bind(log),
      state: log.state.bind(log),
      close: log.close.bind(log),
    }),
    failWrite: () => {
      next = 'write';
    },
    failSync: () => {
      next = 'sync';
    },
  };
}
