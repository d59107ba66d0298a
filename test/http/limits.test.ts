import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { BodyBudget, RateLimiter } from '../../src/http/limits.ts';

function refusal(work: () => void): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(isFailure(error, 'rate_limited'));
    return error.details.retryAfterMs as number;
  }
}

describe('the rate limiter', () => {
  it("lets a minute's worth pass at once, then one each time that a token has come", () => {
    let now = 0;
    const limiter = new RateLimiter(60, 'this key', () => now);
    for (let i = 0; i < 60; i++) limiter.take('a');
    assert.equal(
      refusal(() => limiter.take('a')),
      1_000,
    );
    now = 400;
    assert.equal(
      refusal(() => limiter.take('a')),
      600,
    );
    now = 1_000;
    limiter.take('a');
    assert.equal(
      refusal(() => limiter.take('a')),
      1_000,
    );
  });

  it("never saves up more than a minute's worth", () => {
    let now = 0;
    const limiter = new RateLimiter(2, 'this key', () => now);
    limiter.take('a');
    now = 86_400_000;
    limiter.take('a');
    limiter.take('a');
    assert.ok(refusal(() => limiter.take('a')));
  });

  it('counts each by itself and forgets the longest quiet ones', () => {
    const limiter = new RateLimiter(1, 'this address', () => 0);
    limiter.take('a');
    assert.ok(refusal(() => limiter.take('a')));
    limiter.take('b');
    for (let i = 0; i < 100_000; i++) limiter.take(`other ${i}`);
    limiter.take('a');
  });

  it('limits nothing when it is not set', () => {
    const limiter = new RateLimiter(undefined, 'this key', () => 0);
    for (let i = 0; i < 10_000; i++) limiter.take('a');
  });
});

describe('the budget of bodies', () => {
  it('holds up to its bound and nothing of what it refuses', () => {
    const budget = new BodyBudget(100);
    budget.take(60);
    assert.throws(
      () => budget.take(41),
      (error) => isFailure(error, 'bodies_in_flight'),
    );
    budget.take(40);
    assert.equal(budget.held, 100);
    budget.giveBack(100);
    assert.equal(budget.held, 0);
  });
});
