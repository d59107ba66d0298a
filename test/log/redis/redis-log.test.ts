/** The promises of the log, kept by a real Redis that fsyncs before each answer. */
import { logSuite } from '../../../src/testing/log-suite.ts';
import { failing } from './failing.ts';
import { config, flipBit, openHouse, tearAof } from './harness.ts';

logSuite('redis', { contiguousOffsets: true, durable: true, shared: true }, async (context) => {
  const house = await openHouse(context);
  const faults = failing(house);
  return {
    open: async (bounds = {}) =>
      faults.wrap(
        await house.open({
          ...config,
          ...(bounds.bytesMax && { bytesMax: bounds.bytesMax }),
          ...(bounds.waitingBytesMax && { waitingBytesMax: bounds.waitingBytesMax }),
        }),
      ),
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
      failWrite: faults.failWrite,
      failSync: faults.failSync,
    },
  };
});
