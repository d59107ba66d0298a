/** The promises of the log, kept by a real Redis that fsyncs before each answer. */
import type { Log } from '../../../src/log/log.ts';
import { logSuite } from '../../../src/testing/log-suite.ts';
import { config, flipBit, openHouse, tearAof } from './harness.ts';

logSuite('redis', { contiguousOffsets: true, durable: true, shared: true }, async (context) => {
  const house = await openHouse(context);
  let failsNext: 'write' | 'sync' | undefined;

  /** After a write that failed, the server is as it was. */
  const healing =
    (log: Log): Log['append'] =>
    async (partition, count, bytes) => {
      const fails = failsNext;
      failsNext = undefined;
      if (fails === 'write') await house.redis().config('SET', 'maxmemory', '100kb');
      if (fails === 'sync') await dieAtSync();
      try {
        return await log.append(partition, count, bytes);
      } finally {
        if (fails === 'write') await house.redis().config('SET', 'maxmemory', '0');
      }
    };

  /** A server whose fsync fails ends before it answers. */
  const dieAtSync = async () => {
    await house.redis().client('PAUSE', 60_000, 'ALL');
    setTimeout(() => void house.server.kill(), 50);
  };

  return {
    open: async (bounds = {}) => {
      const log = await house.open({
        ...config,
        ...(bounds.bytesMax && { bytesMax: bounds.bytesMax }),
        ...(bounds.waitingBytesMax && { waitingBytesMax: bounds.waitingBytesMax }),
      });
      return withAppend(log, healing(log));
    },
    durable: {
      crash: () => house.crash(),
      damage: (partition, offset) => flipBit(house.redis(), house.keys(partition).records, offset, [0]),
      tear: async (_partition, bytes) => {
        const directory = await house.directory();
        await house.crash();
        await house.server.stop();
        tearAof(directory, bytes);
        await house.server.start();
      },
      failWrite: () => {
        failsNext = 'write';
      },
      failSync: () => {
        failsNext = 'sync';
      },
    },
  };
});

function withAppend(log: Log, append: Log['append']): Log {
  return {
    supports: log.supports,
    partitions: log.partitions,
    failed: log.failed,
    append,
    read: log.read.bind(log),
    ends: log.ends.bind(log),
    wait: log.wait.bind(log),
    lease: log.lease.bind(log),
    trim: log.trim.bind(log),
    usage: log.usage.bind(log),
    close: log.close.bind(log),
  };
}
