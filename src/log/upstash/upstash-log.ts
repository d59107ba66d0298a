/** The `upstash+https:` log: a log of streams at Upstash, over REST, for places where processes live for seconds. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Log } from '../log.ts';
import { openStreamLog, type StreamLogConfig } from '../stream/stream-log.ts';
import { UpstashService } from './upstash-service.ts';

export interface UpstashLogOptions {
  readonly url: string;
  readonly token: string;
  readonly config: Omit<StreamLogConfig, 'refreshMs'> & {
    readonly timeoutMs: number;
    /** How often somebody who waits asks again; 1 s by default. */
    readonly pollMs?: number;
  };
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Names this process among the writers; without blanks. Random by default. */
  readonly owner?: string;
}

const pollMsDefault = 1_000;

/** Errors: setting_invalid; redis_refused for a token that is wrong or may only read; redis_unavailable. */
export async function openUpstashLog(options: UpstashLogOptions): Promise<Log> {
  const { url, token, config, clock, telemetry, owner = randomUUID() } = options;
  const { timeoutMs, pollMs = pollMsDefault } = config;
  const service = new UpstashService({ url, token, timeoutMs, pollMs, clock });
  const message = `the log at ${service.where}: it CANNOT BE CHECKED over REST what that database promises; see that its eviction is off`;
  telemetry.publish('note', { level: 'info', message });
  const onClosed = () => service.close();
  const refreshMs = undefined;
  return await openStreamLog({
    service,
    config: { ...config, refreshMs },
    clock,
    telemetry,
    owner,
    onClosed,
  });
}
