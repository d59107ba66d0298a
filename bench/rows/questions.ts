/**
 * A summary and a trend, never from the cache, against the engine asked directly over its socket with hand-written SQL for the
 * same numbers, in turn. Each question has another end, so that nobody has its answer already.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { sendEvents } from '../send-events.ts';
import { MillraceServer } from '../servers.ts';
import { quantile } from '../statistics.ts';
import { syntheticEvent } from '../synthetic.ts';

/** Real runs: EVENTS=10000000. */
const events = Number(process.env.EVENTS ?? 1_000_000);
const chunk = 5_000;
const dayMs = 86_400_000;
const days = 30;
const asked = 150;

export const questionsRow: Row = {
  name: 'questions',
  async run({ directory, scale, say }: BenchContext): Promise<readonly Figure[]> {
    const temporary = join(directory, 't');
    mkdirSync(temporary);
    const millrace = await MillraceServer.open(directory, { MILLRACE_ENGINE_TMP: temporary });
    const socketPath = socketBelow(temporary);
    const engine = new ClickHouseClient({ socketPath, database: 'millrace' });
    try {
      const total = Math.round((events * scale) / chunk) * chunk;
      const from = Math.floor((Date.now() - days * dayMs) / dayMs) * dayMs;
      for (let first = 0; first < total; first += chunk) {
        const at = (n: number) => from + Math.floor((n / total) * (days - 1) * dayMs);
        await sendEvents(
          millrace,
          Array.from({ length: chunk }, (_, k) => syntheticEvent(first + k, at(first + k))),
        );
      }
      await millrace.server.drained();
      say(`${total} events are stored`);
      const figures: Figure[] = [];
      for (const kind of ['summary', 'trend'] as const) {
        const ours: number[] = [];
        const theirs: number[] = [];
        for (let turn = 0; turn < asked; turn++) {
          // quarters of an hour, as both sides' rollups have them
          const to = from + (days - 1) * dayMs - turn * 900_000;
          theirs.push(await timed(() => engine.rows(handWritten(kind, from, to))));
          ours.push(await timed(() => millrace.server.ask('/api/v1/query', plan(kind, from, to))));
        }
        figures.push(figure(kind, total, ours, theirs));
      }
      return figures;
    } finally {
      await engine.close();
      await millrace.close();
    }
  },
};

function plan(kind: 'summary' | 'trend', from: number, to: number): object {
  const common = { from, to, metrics: ['events'], bots: 'include' };
  return kind === 'summary' ? { kind, ...common } : { kind, ...common, bucket: 'day' };
}

function handWritten(kind: 'summary' | 'trend', from: number, to: number): string {
  const where = `project = 'default' AND start >= toDateTime64(${from / 1000}, 0, 'UTC') AND start < toDateTime64(${to / 1000}, 0, 'UTC')`;
  return kind === 'summary'
    ? `SELECT sum(events) FROM rollup_counts WHERE ${where}`
    : `SELECT toDate(start) AS day, sum(events) FROM rollup_counts WHERE ${where} GROUP BY day ORDER BY day`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function socketBelow(directory: string): string {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).find((each) =>
    each.isSocket(),
  );
  if (found === undefined) throw new Error(`there is no socket below ${directory}`);
  return join(found.parentPath, found.name);
}

function figure(kind: string, total: number, ours: readonly number[], theirs: readonly number[]): Figure {
  const [own, direct] = [quantile(ours, 0.95), quantile(theirs, 0.95)];
  return {
    name: `${kind} at ${total} events, uncached p95`,
    baseline: 'the engine asked directly, hand-written SQL',
    value: `${own.toFixed(1)} ms against ${direct.toFixed(1)}`,
    samples: ours.map((each, turn) => each / theirs[turn]!),
    reach: '1.3× + 3 ms',
    aim: '1.2× + 1 ms',
    isReached: own <= 1.3 * direct + 3,
    detail: `p50 ${quantile(ours, 0.5).toFixed(1)} against ${quantile(theirs, 0.5).toFixed(1)} ms; ${ours.length} questions each, in turn`,
  };
}
