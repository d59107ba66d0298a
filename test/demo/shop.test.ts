/** The demo's events: the same for the same seed, and lifelike where somebody will look. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Agenda } from '../../scripts/demo/live.ts';
import { Random } from '../../scripts/demo/random.ts';
import type { DemoEvent } from '../../scripts/demo/send.ts';
import { dayMs, Shop } from '../../scripts/demo/shop/shop.ts';
import { webLogEvents } from '../../scripts/demo/web-log.ts';
import { parseEvent } from '../../src/event/parse-event.ts';

const firstDay = Date.UTC(2026, 0, 5);
const until = firstDay + 29 * dayMs + dayMs / 2;
const shop = (seed = 1) => new Shop({ seed, name: 'shop', visitsPerDay: 600 });
const month = [...shop().month(firstDay, until)];
const events = month.flat();
const count = (type: string, field?: keyof DemoEvent, value?: unknown) =>
  events.filter((event) => event.type === type && (field === undefined || event[field] === value)).length;

describe('the shop of the demo', () => {
  it('is the same for the same seed and another one for another', () => {
    assert.deepEqual([...shop().month(firstDay, firstDay + dayMs)], month.slice(0, 1));
    assert.notDeepEqual([...shop(2).month(firstDay, firstDay + dayMs)], month.slice(0, 1));
  });

  it('sends only what the server takes, each event once, day after day in the order of time', () => {
    for (const event of events) {
      const parsed = parseEvent(event, until);
      assert.ok('event' in parsed, JSON.stringify(parsed));
    }
    assert.equal(new Set(events.map(({ eventId }) => eventId)).size, events.length);
    const times = events.map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok(times[0]! >= firstDay && times.at(-1)! < until);
  });

  it('loses people at each step towards a purchase', () => {
    const steps = ['pageview', 'product_view', 'add_to_cart', 'checkout', 'purchase'].map((type) =>
      count(type),
    );
    assert.deepEqual(
      steps,
      [...steps].sort((a, b) => b - a),
    );
    assert.ok(steps.at(-1)! > 100);
  });

  it('has an experiment whose variants differ, and nobody who sees both', () => {
    const rate = (variant: string) =>
      count('CONVERSION', 'variantKey', variant) / count('EXPOSURE', 'variantKey', variant);
    assert.ok(rate('one-page') - rate('control') > 0.04, `${rate('one-page')} ${rate('control')}`);
    const seen = new Map<unknown, unknown>();
    for (const { type, anonymousId, variantKey } of events) {
      if (type !== 'EXPOSURE') continue;
      assert.equal(seen.get(anonymousId) ?? variantKey, variantKey);
      seen.set(anonymousId, variantKey);
    }
  });

  it('is paid in three currencies, and pays back in the same', () => {
    for (const currency of ['EUR', 'USD', 'GBP'])
      assert.ok(count('purchase', 'currency', currency) > 20, currency);
    const refunds = events.filter(({ type }) => type === 'refund');
    assert.ok(refunds.length > 5 && refunds.length < count('purchase') / 8);
    for (const { amount, source } of refunds) assert.ok(Number(amount) < 0 && source === 'server');
  });

  it('is busier in the evening than at night, and has sign-ups, people who come again and a few bots', () => {
    const byHour = (from: number, to: number) =>
      events.filter(({ timestamp }) => {
        const hour = new Date(timestamp).getUTCHours();
        return hour >= from && hour < to;
      }).length;
    assert.ok(byHour(18, 21) > 2 * byHour(3, 6));
    assert.ok(count('identify') > 50 && count('identify') === count('signup'));
    const bots = events.filter(({ anonymousId }) => anonymousId === undefined).length;
    assert.ok(bots / events.length > 0.02 && bots / events.length < 0.2, `${bots} of ${events.length}`);
  });
});

describe('the access log of the demo', () => {
  it('is whole, and its last day is the one that is asked for', () => {
    const log = webLogEvents(firstDay);
    assert.equal(log.length, 10_000);
    assert.equal(new Set(log.map(({ anonymousId }) => anonymousId)).size, 1_753);
    const days = [3, 2, 1, 0].map(
      (ago) => log.filter(({ timestamp }) => Math.floor((timestamp - firstDay) / dayMs) === -ago).length,
    );
    assert.deepEqual(days, [1632, 2893, 2896, 2579]);
  });
});

describe('the live stream', () => {
  it('lets events go when their time has come, in its order', () => {
    const agenda = new Agenda<{ timestamp: number }>();
    agenda.add(
      [30, 10, 5, 40].map((timestamp) => ({ timestamp })),
      10,
      40,
    );
    agenda.add([{ timestamp: 20 }]);
    assert.deepEqual(agenda.takeDue(9), []);
    assert.deepEqual(agenda.takeDue(20), [{ timestamp: 10 }, { timestamp: 20 }]);
    assert.deepEqual(agenda.takeDue(1000), [{ timestamp: 30 }]);
    assert.deepEqual(agenda.takeDue(1000), []);
  });
});

describe('the randomness of the demo', () => {
  it('is even, and waits as long as it is told on average', () => {
    const random = new Random(1);
    const drawn = Array.from({ length: 20_000 }, () => random.next());
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean(drawn) - 0.5) < 0.01);
    assert.ok(drawn.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(mean(drawn.map(() => random.wait(7))) - 7) < 0.3);
    assert.ok(
      Math.abs(
        drawn.filter(() =>
          random.weighted([
            [true, 3],
            [false, 1],
          ]),
        ).length /
          20_000 -
          0.75,
      ) < 0.02,
    );
  });
});
