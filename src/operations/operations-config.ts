/** What the server does by itself to what it keeps. */
import { integer, settingsGroup, type Values } from '../settings.ts';

export const operationsSettings = settingsGroup('Keeping', {
  retentionDays: integer('MILLRACE_RETENTION_DAYS', {
    min: 1,
    max: 36_500,
    doc: 'How many days events are kept, by `timestamp`, for all projects; older whole UTC days are removed once an hour. Not set: nothing expires.',
  }),
});

export type OperationsConfig = Values<typeof operationsSettings>;
