import type { Log } from '../../../src/log/log.ts';
import { logSuite } from '../../../src/testing/log-suite.ts';
import {
  crashImage,
  FaultyFiles,
  flipBit,
  openLog,
  placeRecords,
  tearNewest,
  temporaryDirectory,
} from './harness.ts';

logSuite('disk', { contiguousOffsets: true, durable: true, shared: false }, async (context) => {
  const files = new FaultyFiles();
  let directory = temporaryDirectory(context);
  let newest: Log | undefined;
  return {
    async open(bounds = {}) {
      newest = await openLog(context, directory, { partitions: 2, segmentBytes: 8192, files, ...bounds });
      return newest;
    },
    durable: {
      async crash() {
        directory = crashImage(context, directory);
      },
      async damage(partition, offset) {
        const records = placeRecords(directory, partition);
        const record = records.find((each) => each.offset <= offset && offset < each.offset + each.count)!;
        flipBit(record.path, record.end - 1);
      },
      tear: async (partition, bytes) => tearNewest(directory, partition, bytes),
      failWrite: () => files.failNext('write', 'EIO'),
      failSync: () => files.failNext('sync', 'EIO'),
    },
  };
});
