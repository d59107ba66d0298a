/** The steps by which the store's tables come to be, for src/postgres/migrate.ts. A step that was released is never changed. */
import type { MigrationStep } from '../../../postgres/migrate.ts';
import { type SetUpOptions, setUp } from '../features.ts';
import { compressChunks, hypertable } from '../timescale.ts';
import { tables } from './001-tables.ts';
import { linksKnown } from './002-links.ts';

export const migrations = (options: SetUpOptions): readonly MigrationStep[] => [
  {
    version: 1,
    take: async (connection) => {
      const features = await setUp(connection, options);
      for (const statement of tables(features)) await connection.query(statement);
      if (features.pieces === 'partitions') return;
      await connection.query(hypertable(features.cut.interval));
      await compressChunks(connection);
    },
  },
  { version: 2, take: [linksKnown] },
];
