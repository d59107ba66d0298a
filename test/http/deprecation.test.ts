import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { buildApp } from '../../src/http/app.ts';
import type { KeyRing } from '../../src/http/key-ring.ts';
import { BodyBudget, RateLimiter } from '../../src/http/limits.ts';
import type { Route } from '../../src/http/route.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

const noLimit = () => new RateLimiter(undefined, 'this', () => 0);

/** An app of these routes alone; keys open nothing. */
async function appOf(telemetry: Telemetry, routes: readonly Route[]) {
  const keys = { find: () => undefined } as unknown as KeyRing;
  const context = {
    keys,
    clock: systemClock,
    telemetry,
    newId: () => 'id',
    keyLimit: noLimit(),
    addressLimit: noLimit(),
    bodies: new BodyBudget(1),
    corsOrigins: [],
    isSecure: () => false,
    address: () => '',
  };
  return buildApp(context, routes);
}

describe('a route that goes away', () => {
  const old: Route = {
    method: 'GET',
    path: '/old/:id',
    scope: 'open',
    deprecated: {
      since: Date.UTC(2026, 0, 31),
      sunset: Date.UTC(2026, 6, 31, 12),
      link: 'https://docs.example/new',
    },
    handle: () => ({ body: {} }),
  };

  it('says so in every answer, as RFC 9745 and RFC 8594 have it', async () => {
    const app = await appOf(new Telemetry(), [old, { ...old, path: '/closed', scope: 'read' }]);
    for (const [url, status] of [
      ['/old/1', 200],
      ['/old/1?unknown=1', 400],
      ['/closed', 401],
    ] as const) {
      const { statusCode, headers } = await app.inject(url);
      assert.equal(statusCode, status);
      assert.equal(headers.deprecation, '@1769817600');
      assert.equal(headers.sunset, 'Fri, 31 Jul 2026 12:00:00 GMT');
      assert.equal(headers.link, '<https://docs.example/new>; rel="deprecation"; type="text/html"');
    }
    await app.close();
  });

  it('is counted by route when it is used', async () => {
    const telemetry = new Telemetry();
    const metrics = new Metrics(telemetry, 0, () => 0);
    const app = await appOf(telemetry, [
      old,
      { ...old, path: '/new', deprecated: undefined } as unknown as Route,
    ]);
    for (const url of ['/old/1', '/old/2', '/new']) await app.inject(url);
    const lines = (await metrics.text())
      .split('\n')
      .filter((line) => line.includes('deprecated_requests_total{'));
    assert.deepEqual(lines, ['millrace_http_deprecated_requests_total{route="GET /old/:id"} 2']);
    assert.equal((await app.inject('/new')).headers.deprecation, undefined);
    metrics.close();
    await app.close();
  });
});
