/**
 * Loaded into a server before its own code (`--import`): keeps in the file BENCH_HEAP_FILE how many bytes of its heap are in use, and the most
 * since that file was last removed.
 */
import { existsSync, writeFileSync } from 'node:fs';

const file = process.env.BENCH_HEAP_FILE;
const intervalMs = 20;

// the engine's process is started with the same options
if (file !== undefined && process.argv.includes('serve')) {
  let most = 0;
  setInterval(() => {
    if (!existsSync(file)) most = 0;
    const { heapUsed } = process.memoryUsage();
    most = Math.max(most, heapUsed);
    writeFileSync(file, `${heapUsed} ${most}`);
  }, intervalMs).unref();
}
