/** Pools on a test server, with what they said; closed when the test ends. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { type PostgresConfig, postgresConfig } from '../../src/postgres/postgres-config.ts';
import { type Outcome, PostgresError, type PostgresErrorKind } from '../../src/postgres/postgres-error.ts';
import { openPools, type PostgresPools } from '../../src/postgres/postgres-pools.ts';
import type { Environment } from '../../src/settings.ts';
import type { Signals } from '../../src/telemetry/signals.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

export interface TestPools {
  readonly pools: PostgresPools;
  /** What was published, in order. */
  readonly said: { readonly [K in keyof Signals]?: Signals[K][] };
}

/** `url` is that of MILLRACE_STORE; `change` sets what the settings' own bounds forbid. */
export function openTestPools(
  context: TestContext,
  url: string,
  environment: Environment = {},
  change: Partial<PostgresConfig> = {},
): TestPools {
  const telemetry = new Telemetry();
  const said: { [K in keyof Signals]?: Signals[K][] } = {};
  for (const name of ['note', 'postgres.busy', 'postgres.replica', 'store.slow'] as const)
    telemetry.subscribe(name, (signal) => {
      said[name] ??= [];
      (said[name] as unknown[]).push(signal);
    });
  const config = postgresConfig(environment, { setting: 'MILLRACE_STORE', url });
  const pools = openPools({ ...config, ...change }, systemClock, telemetry);
  context.after(() => pools.close());
  return { pools, said };
}

export async function eventually(check: () => unknown, tries = 100): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      await check();
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
    await systemClock.sleep(50);
  }
}

/** For assert.rejects: a PostgresError of this kind whose one line fits. */
export const fails =
  (kind: PostgresErrorKind, message = /./, outcome: Outcome = 'none') =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PostgresError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.equal(error.outcome, outcome, error.message);
    assert.match(error.message, message);
    assert.ok(!error.message.includes('\n'), 'one line');
    return true;
  };

/** For assert.rejects: a statement that was stopped at the server because its asker went, not because its time was over. */
export const isStopped = (error: unknown): boolean => {
  fails('cancelled')(error);
  assert.match(String((error as Error).cause), /user request/);
  return true;
};
