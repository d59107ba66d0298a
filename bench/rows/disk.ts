/** Bytes that an event takes on disk once merged, rollups included, against the same events as gzip'd NDJSON. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sleep } from '../../test/hazards/harness.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { sendEvents } from '../send-events.ts';
import { MillraceServer } from '../servers.ts';
import { syntheticEvent, syntheticTime } from '../synthetic.ts';
import { directoryBytes } from '../system-reads.ts';

const events = 1_000_000;
const chunk = 5_000;
const spanMs = 30 * 86_400_000;
/** Merges end some time after the last insert. */
const settleMs = 15_000;

export const diskRow: Row = {
  name: 'disk',
  async run({ directory, scale, say }: BenchContext): Promise<readonly Figure[]> {
    const millrace = await MillraceServer.open(directory);
    try {
      const total = Math.round((events * scale) / chunk) * chunk;
      const from = Date.now() - spanMs;
      let gzipped = 0;
      const make = (first: number) => {
        const made = Array.from({ length: chunk }, (_, at) =>
          syntheticEvent(first + at, syntheticTime(first + at, total, from, from + spanMs)),
        );
        gzipped += gzipSync(made.map((event) => JSON.stringify(event)).join('\n')).byteLength;
        return made;
      };
      for (let first = 0; first < total; first += chunk) await sendEvents(millrace, make(first));
      await millrace.server.drained();
      say(`${total} events are stored`);
      await sleep(settleMs);
      const bytes = directoryBytes(join(directory, 'data', 'store')) / total;
      const baseline = gzipped / total;
      return [
        {
          name: 'bytes on disk an event, synthetic',
          baseline: "the same events as gzip'd NDJSON",
          value: (bytes / baseline).toFixed(2),
          samples: [bytes / baseline],
          reach: '0.6',
          aim: '0.4',
          isReached: bytes / baseline <= 0.6,
          detail: `${bytes.toFixed(1)} against ${baseline.toFixed(1)} bytes; ${total} events over 30 days, rollups included, 15 s after the last insert`,
        },
      ];
    } finally {
      await millrace.close();
    }
  },
};
