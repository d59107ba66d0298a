/**
 * Daily salts must go when their time is over even if nobody sends an event: the catalog forgets old ones whenever it is asked
 * for one, so this asks.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { type Clock, millisecondsPerHour } from '../clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Asks at once and then each hour until `signal` aborts. */
export async function careForSalts(
  catalog: Pick<Catalog, 'salt'>,
  clock: Clock,
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const now = clock.now();
    try {
      await catalog.salt(now, now);
    } catch (error) {
      const message = 'old daily salts could not be removed; trying again in an hour';
      telemetry.publish('note', { level: 'warn', message, fields: { error: String(error) } });
    }
    await clock.sleep(millisecondsPerHour, signal);
  }
}
