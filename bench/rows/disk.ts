/**
 * Bytes that an event takes on disk once merged, rollups included, against gzip'd NDJSON of the same: of synthetic events as they are
 * sent, and of the real log as it is exported, because nobody sent it as NDJSON.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGzip, gzipSync } from 'node:zlib';
import { adminKey, sleep } from '../../test/hazards/harness.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { sendEvents } from '../send-events.ts';
import { MillraceServer } from '../servers.ts';
import { syntheticEvent, syntheticTime } from '../synthetic.ts';
import { directoryBytes } from '../system-reads.ts';

const root = join(import.meta.dirname, '../..');
const log = join(root, 'scripts/demo/apache-access.log.gz');
const events = 10_000_000;
const chunk = 5_000;
const spanMs = 30 * 86_400_000;
/** Merges end some time after the last insert, and what they merged stays 45 s more: at rest is when the bytes have not changed for so long. */
const quietMs = 100_000;
const restMsMax = 600_000;
const pollMs = 1_000;
const requestsUnderWay = 4;
const reach = 0.6;

export const diskRow: Row = {
  name: 'disk',
  async run({ directory, scale, say }: BenchContext): Promise<readonly Figure[]> {
    const total = Math.round((events * scale) / chunk) * chunk;
    const synthetic = await measured(join(directory, 'synthetic'), say, (server) =>
      sendSynthetic(server, total, say),
    );
    const real = await measured(join(directory, 'real'), say, importLog);
    return [
      figure('synthetic', "the same events, as sent, as gzip'd NDJSON", synthetic, `over 30 days`),
      figure('the real access log', "its export as gzip'd NDJSON", real, 'over 4 days'),
    ];
  },
};

interface Filled {
  readonly events: number;
  readonly gzipped: number;
}

async function measured(
  directory: string,
  say: (text: string) => void,
  fill: (server: MillraceServer) => Promise<Filled>,
): Promise<Filled & { readonly bytes: number }> {
  mkdirSync(directory);
  const millrace = await MillraceServer.open(directory);
  try {
    const filled = await fill(millrace);
    await millrace.server.drained();
    const bytes = await bytesAtRest(join(directory, 'data', 'store'));
    say(`${filled.events} events take ${bytes} bytes, as gzip'd NDJSON ${filled.gzipped}`);
    return { ...filled, bytes };
  } finally {
    await millrace.close();
  }
}

async function sendSynthetic(
  millrace: MillraceServer,
  total: number,
  say: (text: string) => void,
): Promise<Filled> {
  const from = Date.now() - spanMs;
  let gzipped = 0;
  const send = (first: number) => {
    const made = Array.from({ length: chunk }, (_, at) =>
      syntheticEvent(first + at, syntheticTime(first + at, total, from, from + spanMs)),
    );
    gzipped += gzipSync(made.map((event) => JSON.stringify(event)).join('\n')).byteLength;
    return sendEvents(millrace, made);
  };
  for (let first = 0; first < total; first += requestsUnderWay * chunk) {
    const under = Math.min(requestsUnderWay, Math.ceil((total - first) / chunk));
    await Promise.all(Array.from({ length: under }, (_, at) => send(first + at * chunk)));
    if (first > 0 && first % 1_000_000 === 0) say(`${first} of ${total} events are sent`);
  }
  return { events: total, gzipped };
}

async function importLog({ server }: MillraceServer): Promise<Filled> {
  const options = ['import', log, '--visitor', 'address', '--url', server.base, '--key', adminKey];
  await promisify(execFile)(process.execPath, [join(root, 'src/cli/millrace.ts'), ...options]);
  await server.drained();
  const response = await fetch(`${server.base}/api/v1/export?from=2015-05-01&to=2015-06-01&bots=include`, {
    headers: { authorization: `Bearer ${adminKey}`, accept: 'application/x-ndjson' },
  });
  if (!response.ok || response.body === null)
    throw new Error(`export answered ${response.status}: ${await response.text()}`);
  let lines = 0;
  let gzipped = 0;
  const packed = createGzip();
  const counted = (async () => {
    for await (const part of packed) gzipped += (part as Uint8Array).byteLength;
  })();
  for await (const part of response.body) {
    lines += Buffer.from(part).toString('latin1').split('\n').length - 1;
    if (!packed.write(part)) await new Promise((resolve) => packed.once('drain', resolve));
  }
  packed.end();
  await counted;
  return { events: lines, gzipped };
}

async function bytesAtRest(directory: string): Promise<number> {
  let bytes = directoryBytes(directory);
  let quiet = 0;
  for (let waited = 0; quiet < quietMs && waited < restMsMax; waited += pollMs) {
    await sleep(pollMs);
    const now = directoryBytes(directory);
    quiet = now === bytes ? quiet + pollMs : 0;
    bytes = now;
  }
  return bytes;
}

function figure(name: string, baseline: string, measured: Filled & { bytes: number }, span: string): Figure {
  const ratio = measured.bytes / measured.gzipped;
  const each = (bytes: number) => (bytes / measured.events).toFixed(1);
  return {
    name: `bytes on disk an event, ${name}`,
    baseline,
    value: ratio.toFixed(2),
    samples: [ratio],
    reach: String(reach),
    aim: '0.4',
    isReached: ratio <= reach,
    detail: `${each(measured.bytes)} against ${each(measured.gzipped)} bytes; ${measured.events} events ${span}, rollups included, at rest`,
  };
}
