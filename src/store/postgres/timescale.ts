/**
 * `events` under the extension timescaledb: a hypertable whose chunks take the place of our partitions, compressed once their
 * time is past. Everything else is the same: rollups, progress, dedupe.
 */
import type { PieceInterval } from './piece.ts';

const intervals: Readonly<Record<PieceInterval, string>> = { month: '1 month', week: '1 week', day: '1 day' };
/** Late events still find their chunk uncompressed. */
const compressAfter = '14 days';

export const hypertable = (interval: PieceInterval): readonly string[] => [
  `SELECT create_hypertable('events', 'timestamp', chunk_time_interval => interval '${intervals[interval]}', create_default_indexes => false)`,
  `ALTER TABLE events SET (timescaledb.compress, timescaledb.compress_segmentby = 'project, type', timescaledb.compress_orderby = 'timestamp, _partition, _offset')`,
  `SELECT add_compression_policy('events', interval '${compressAfter}')`,
];
