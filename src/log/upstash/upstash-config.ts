/** The settings of a log at Upstash beside those of a log in Redis. Each question there costs money, so it is asked seldom. */
import { milliseconds, settingsGroup, type Values } from '../../settings.ts';

export const upstashLogSettings = settingsGroup('The log at Upstash', {
  pollMs: milliseconds('MILLRACE_LOG_UPSTASH_POLL_MS', {
    default: '1s',
    min: 10,
    max: 600_000,
    doc: 'How often a writer that lives on asks for new events. A pass of a cron job never waits.',
  }),
});

export type UpstashLogSettings = Values<typeof upstashLogSettings>;
