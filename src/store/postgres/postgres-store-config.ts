/** Settings of the store in PostgreSQL; how it is reached is in postgres/postgres-config.ts. */
import { choice, settingsGroup, type Values } from '../../settings.ts';

export const postgresStoreSettings = settingsGroup('The store in PostgreSQL', {
  interval: choice('MILLRACE_POSTGRES_PARTITION', {
    default: 'month',
    of: ['month', 'week', 'day'],
    doc: 'How much time one partition of the events holds. It holds for tables that are made from then on; those that are there keep theirs.',
  }),
});

export type PostgresStoreConfig = Values<typeof postgresStoreSettings>;
