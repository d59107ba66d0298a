import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import { logSuite } from '../../src/testing/log-suite.ts';

logSuite('memory', { contiguousOffsets: true, durable: false, shared: false }, async () => ({
  open: async ({ bytesMax } = {}) => openMemoryLog({ partitions: 2, ...(bytesMax && { bytesMax }) }),
}));
