/** Settings of the handlers for places where processes live for seconds. */
import { milliseconds, secret, settingsGroup, type Values } from '../settings.ts';

export const serverlessSettings = settingsGroup('Serverless', {
  cronSecret: secret('CRON_SECRET', {
    charactersMin: 16,
    doc: 'What the scheduler sends as `Authorization: Bearer`; without it the cron routes answer 401.',
  }),
  passMs: milliseconds('MILLRACE_PASS_MS', {
    default: '50s',
    min: 1_000,
    max: 3_600_000,
    doc: 'How long one run of process-events works before it begins nothing more; some seconds less than the platform gives it.',
  }),
});

export type ServerlessConfig = Values<typeof serverlessSettings>;
