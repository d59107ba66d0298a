/**
 * Sends an access log in the combined format (.gz too) through /api/collect, one event a line: `node scripts/send-access-log.ts FILE`.
 * The event's id is made from the line, so that sending a file twice changes nothing.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { eventOfLine, type LineOptions } from './access-log/parse-line.ts';
import { sendAll } from './access-log/sender.ts';

const usage = `usage: node scripts/send-access-log.ts FILE [--url http://127.0.0.1:3000] [--key WRITE_KEY]
         [--visitor address|derived] [--site https://www.example.com] [--batch 500] [--requests 4]
The key may stand in MILLRACE_WRITE_KEY instead.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: {
      type: 'string',
      default: process.env.MILLRACE_URL ?? `http://127.0.0.1:${process.env.PORT ?? 3000}`,
    },
    key: { type: 'string', default: process.env.MILLRACE_WRITE_KEY ?? '' },
    visitor: { type: 'string', default: 'derived' },
    site: { type: 'string', default: 'https://www.example.com' },
    batch: { type: 'string', default: '500' },
    requests: { type: 'string', default: '4' },
  },
});
const file = positionals[0];
const { visitor } = values;
if (file === undefined || values.key === '' || (visitor !== 'address' && visitor !== 'derived')) {
  console.error(usage);
  process.exit(2);
}

const counts = { lines: 0, unreadable: 0 };
const startedAt = performance.now();
const tally = await sendAll(batches(file, { site: values.site, visitor }, Number(values.batch)), {
  url: values.url.replace(/\/+$/, ''),
  key: values.key,
  requestsAtOnce: Number(values.requests),
});
const seconds = (performance.now() - startedAt) / 1000;

console.log(`${counts.lines} lines, ${counts.unreadable} of them unreadable`);
console.log(`${tally.accepted} accepted, ${tally.rejected} rejected, ${tally.retries} requests sent again`);
for (const [reason, count] of tally.reasons) console.log(`  ${reason}: ${count}`);
console.log(`${seconds.toFixed(2)} s, ${Math.round(tally.accepted / seconds)} events/s`);
process.exitCode = tally.rejected + counts.unreadable === 0 ? 0 : 1;

async function* batches(
  path: string,
  options: LineOptions,
  eventsMax: number,
): AsyncGenerator<readonly object[]> {
  const bytes = createReadStream(path);
  const lines = createInterface({
    input: path.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes,
    crlfDelay: Infinity,
  });
  // as large as the log has lines that differ, which for a log that fits on a disk is no trouble in a script
  const seen = new Map<string, number>();
  let batch: object[] = [];
  for await (const line of lines) {
    if (line === '') continue;
    counts.lines += 1;
    const occurrence = seen.get(line) ?? 0;
    seen.set(line, occurrence + 1);
    const event = eventOfLine(line, occurrence, options);
    if (event === undefined) counts.unreadable += 1;
    else if (batch.push(event) >= eventsMax) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
