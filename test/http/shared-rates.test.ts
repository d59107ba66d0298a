import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { RateLimiter } from '../../src/http/limits.ts';
import { RedisRates } from '../../src/limits/redis/redis-rates.ts';
import { openRedis as connect } from '../../src/redis/redis-connection.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { openRedis } from '../support/redis.ts';

const salt = async () => new Uint8Array(32).fill(7);

describe('rates that servers share', () => {
  it('limit a client by what it asks of all of them, and name no client in Redis', async (t) => {
    const server = await openRedis({ appendonly: 'no' }, t);
    const perMinute = 60;
    const open = async () => {
      const connection = connect(
        { setting: 'MILLRACE_CACHE', url: server.url, name: 'rates', timeoutMs: 1_000 },
        new Telemetry(),
      );
      await connection.ready();
      const rates = new RedisRates({ connection, salt });
      const limiter = new RateLimiter(perMinute, 'this key', () => performance.now(), rates);
      t.after(() => {
        limiter.close();
        return rates.close();
      });
      return { limiter, connection };
    };
    const [one, other] = [await open(), await open()];
    for (let i = 0; i < 50; i++) one.limiter.take('203.0.113.7');
    other.limiter.take('203.0.113.7');
    const keys = async () => (await one.connection.client.keys('*')) as string[];
    const until = async (holds: () => Promise<boolean>) => {
      while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    // the second server has heard of the first one when hardly anything is left there either
    await until(async () => {
      const [key] = await keys();
      return key !== undefined && Number(await one.connection.client.hget(key, 'left')) < 15;
    });
    let let_through = 0;
    await until(async () => {
      try {
        other.limiter.take('203.0.113.7');
        let_through++;
        await new Promise((resolve) => setTimeout(resolve, 30));
        return false;
      } catch (error) {
        assert.ok(isFailure(error, 'rate_limited'));
        return true;
      }
    });
    assert.ok(let_through < 40, `${let_through} more were let through, of 60 less 51`);
    one.limiter.take('another');
    assert.ok((await keys()).every((key) => !key.includes('203')));
  });

  it('are each server’s own while Redis is away', async (t) => {
    const server = await openRedis({ appendonly: 'no' }, t);
    const connection = connect(
      { setting: 'MILLRACE_CACHE', url: server.url, name: 'rates', timeoutMs: 500 },
      new Telemetry(),
    );
    await connection.ready();
    const rates = new RedisRates({ connection, salt });
    t.after(() => rates.close());
    await server.kill();
    assert.equal(await rates.take('this key', 60, [['a', 1]]), undefined);
  });
});
