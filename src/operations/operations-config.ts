/** What the server does by itself to what it keeps. */
import { flag, integer, settingsGroup, type Values } from '../settings.ts';

export const operationsSettings = settingsGroup('Keeping', {
  retentionDays: integer('MILLRACE_RETENTION_DAYS', {
    min: 1,
    max: 36_500,
    doc: 'How many days events are kept, by `timestamp`, for all projects; older whole UTC days are removed once an hour. Not set: nothing expires.',
  }),
  schedule: flag('MILLRACE_MAINTENANCE', {
    default: 'true',
    doc: 'Whether this process maintains the store by itself: retention once an hour, partitions ahead and statistics once a day. `false`: something else does, such as cron with `millrace maintain --drop-old-partitions`.',
  }),
});

export type OperationsConfig = Values<typeof operationsSettings>;
