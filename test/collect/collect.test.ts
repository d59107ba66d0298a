/** From a request to records of the log, with one outcome for each event. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { requestEventsMax } from '../../src/collect/limits.ts';
import { failure, isFailure } from '../../src/errors.ts';
import { isRefusal, parseEvent } from '../../src/event/parse-event.ts';
import { partitionOf } from '../../src/event/partition.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import { hasher, openCollector, receivedAt } from './open-collector.ts';

const click = (eventId: string) => ({ type: 'click', timestamp: receivedAt, eventId });
const clicks = (count: number) => Array.from({ length: count }, (_, i) => click(`e${i}`));
const lines = { contentType: 'application/x-ndjson' };
const plain = { contentType: 'text/plain;charset=UTF-8' };

function sortedJson(event: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(event).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

describe('a body', () => {
  it('is one event, an array, {"events"} or a line for each', async () => {
    const bodies: [string, object][] = [
      [JSON.stringify(click('a')), {}],
      [JSON.stringify([click('a'), click('b')]), {}],
      [` { "events" : [ ${JSON.stringify(click('a'))} , ${JSON.stringify(click('b'))} ] } \n`, {}],
      [`${JSON.stringify(click('a'))}\r\n\n  \n${JSON.stringify(click('b'))}`, lines],
      [JSON.stringify(click('a')), plain],
      [JSON.stringify([click('a')], null, 2), plain],
      [JSON.stringify({ events: clicks(3) }, null, 2), plain],
      [JSON.stringify(click('a'), null, 2), plain],
      [`${JSON.stringify(click('a'))}\n${JSON.stringify(click('b'))}\n`, plain],
      [`\ufeff${JSON.stringify(click('a'))}`, {}],
      [`\ufeff${JSON.stringify(click('a'))}`, lines],
      [JSON.stringify(click('a')), { contentType: undefined }],
      [JSON.stringify(click('a')), { contentType: 'Application/JSON; Charset="UTF-8"' }],
    ];
    for (const [body, request] of bodies) {
      const opened = openCollector();
      const result = await opened.collect(body, request);
      const events = await opened.events();
      assert.ok(result.accepted >= 1, body);
      assert.deepEqual(result, { accepted: events.length, rejected: 0, results: [] }, body);
    }
  });

  it('with all its texts and nesting is split where its events are', async () => {
    const tricky = { ...click('a'), title: '],[{"}\\', properties: { '"]': ['\\"', { x: [[], {}] }] } };
    for (const form of [[tricky, tricky], { events: [tricky, tricky] }]) {
      const opened = openCollector();
      assert.equal((await opened.collect(form)).accepted, 2);
      for (const event of await opened.events()) {
        assert.deepEqual([event.title, event.properties], [tricky.title, tricky.properties]);
      }
    }
  });

  it('that is no JSON is refused whole, and nothing of it is kept', async () => {
    const one = JSON.stringify(click('a'));
    const bodies = [
      '{',
      'x',
      '{"type":}',
      `[${one}`,
      `[${one},]`,
      `[,${one}]`,
      `[${one}}`,
      `[${one}]]`,
      `[${one}] x`,
      `[${one} ${one}]`,
      `{"events":[${one}]`,
      `{"events":[${one}],"more":1}`,
      `{"events":[${one}]}}`,
      `[${one}, {bad}]`,
      `[${one}, "unclosed]`,
      `${one}\n${one}`,
      '['.repeat(100_000),
      '[{"a":"\\',
    ];
    for (const body of bodies) {
      const opened = openCollector();
      await assert.rejects(opened.collect(body), { code: 'body_malformed', status: 400 }, body.slice(0, 99));
      assert.deepEqual(await opened.records(), []);
    }
  });

  it('that is not UTF-8 is refused whole, but of lines only those', async () => {
    const bad = Buffer.concat([
      Buffer.from('{"type":"a","timestamp":"2026-01-01","title":"'),
      Buffer.from([0xff, 0x22, 0x7d]),
    ]);
    const good = Buffer.from(`${JSON.stringify(click('ä'))}\n`);
    const opened = openCollector();
    await assert.rejects(opened.collect(bad), { code: 'body_malformed', message: /UTF-8/ });
    const result = await opened.collect(Buffer.concat([good, bad, Buffer.from('\n'), good]), lines);
    assert.equal(result.accepted, 2);
    assert.deepEqual(
      result.results.map(({ index, ...rest }) => [index, 'reason' in rest && rest.reason]),
      [[1, 'not_utf8']],
    );
  });

  it('without an event is refused', async () => {
    for (const [body, request] of [
      ['', {}],
      [' \n', {}],
      ['[]', {}],
      ['{"events":[]}', {}],
      ['\n\r\n \t\n', lines],
      ['', plain],
    ] as const) {
      await assert.rejects(openCollector().collect(body, request), { code: 'body_empty' }, body);
    }
  });

  it('of another kind is refused', async () => {
    for (const contentType of [
      'application/x-www-form-urlencoded',
      'text/html',
      'application/json; charset=latin1',
      'x'.repeat(9999),
    ]) {
      await assert.rejects(openCollector().collect('{}', { contentType }), {
        code: 'media_type_unsupported',
      });
    }
  });

  it('holds 10,000 events and not one more', async () => {
    const opened = openCollector();
    assert.equal((await opened.collect(clicks(requestEventsMax))).accepted, requestEventsMax);
    const before = (await opened.events()).length;
    const many = clicks(requestEventsMax + 1);
    for (const [body, request] of [
      [JSON.stringify(many), {}],
      [JSON.stringify({ events: many }), {}],
      [many.map((event) => JSON.stringify(event)).join('\n'), lines],
      [`[${'1,'.repeat(1_000_000)}1]`, {}],
    ] as const) {
      await assert.rejects(opened.collect(body, request), { code: 'too_many_events', status: 413 });
    }
    assert.equal((await opened.events()).length, before);
  });
});

describe('each event', () => {
  it('has its own outcome: a bad one costs its neighbours nothing', async () => {
    const opened = openCollector();
    const result = await opened.collect(
      Buffer.from(
        `[${JSON.stringify(click('a'))},5,{"type":"x","eventId":"bad"},${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)},${JSON.stringify(click('b'))}]`,
      ),
    );
    assert.deepEqual([result.accepted, result.rejected], [2, 3]);
    assert.deepEqual(result.results, [
      {
        index: 1,
        result: 'rejected',
        reason: 'not_an_object',
        message: 'an event must be a JSON object; got 5',
      },
      {
        index: 2,
        eventId: 'bad',
        result: 'rejected',
        reason: 'field_missing',
        message: 'timestamp is required',
      },
      {
        index: 3,
        result: 'rejected',
        reason: 'field_unknown',
        message: '"a" is not a field of an event (your own fields belong in properties)',
      },
    ]);
    assert.deepEqual((await opened.events()).map(({ eventId }) => eventId).toSorted(), ['a', 'b']);
  });

  it('on a line of its own may be broken by itself', async () => {
    const opened = openCollector();
    const body = [
      JSON.stringify(click('a')),
      '{"type":',
      '',
      JSON.stringify(click('b')),
      '['.repeat(5),
      'x',
    ].join('\n');
    const result = await opened.collect(body, lines);
    assert.equal(result.accepted, 2);
    assert.deepEqual(
      result.results.map((one) => [one.index, 'reason' in one && one.reason]),
      [
        [1, 'not_json'],
        [3, 'not_json'],
        [4, 'not_json'],
      ],
    );
  });

  it('is refused unparsed when it is larger than any event can be', async () => {
    const opened = openCollector();
    const large = { ...click('large'), title: 'x'.repeat(300_000) };
    const result = await opened.collect([click('a'), large]);
    assert.equal(result.accepted, 1);
    assert.equal('reason' in result.results[0]! && result.results[0].reason, 'event_too_large');
  });

  it('is refused for a reason also when all are', async () => {
    const opened = openCollector();
    const result = await opened.collect([{}, null]);
    assert.deepEqual([result.accepted, result.rejected, result.results.length], [0, 2, 2]);
    assert.deepEqual(await opened.records(), []);
  });

  it('gets an id when it has none, and a lone one is told', async () => {
    const opened = openCollector();
    const bare = { type: 'x', timestamp: receivedAt };
    assert.deepEqual(await opened.collect(bare), {
      accepted: 1,
      rejected: 0,
      results: [{ index: 0, eventId: 'made-0', result: 'accepted' }],
    });
    assert.deepEqual((await opened.collect([bare, bare])).results, []);
    assert.deepEqual((await opened.events()).map(({ eventId }) => eventId).toSorted(), [
      'made-0',
      'made-1',
      'made-2',
    ]);
  });

  it('counts as accepted when the request holds it twice', async () => {
    assert.equal((await openCollector().collect([click('a'), click('a')])).accepted, 2);
  });

  it('is as many as accepted and rejected say, whatever is sent', async () => {
    const event = fc.oneof(
      fc.constant(click('a')),
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({ type: fc.string(), timestamp: fc.integer() }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('array', 'envelope', 'lines'),
        async (events, form) => {
          const opened = openCollector();
          const texts = events.map((one) => JSON.stringify(one));
          const body =
            form === 'lines' ? texts.join('\n') : form === 'array' ? `[${texts}]` : `{"events":[${texts}]}`;
          const result = await opened.collect(body, form === 'lines' ? lines : {});
          assert.equal(result.accepted + result.rejected, events.length);
          assert.equal((await opened.events()).length, result.accepted);
          assert.equal(result.results.filter((one) => one.result === 'rejected').length, result.rejected);
        },
      ),
    );
  });

  it('never leads to another error than those of bodies, whatever the bytes', async () => {
    const allowed = ['body_malformed', 'body_empty'] as const;
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.stringMatching(/^[[\]{},:"\\a1 \n]{0,40}$/).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain'),
        async (body, contentType) => {
          try {
            await openCollector().collect(Buffer.from(body), { contentType });
          } catch (error) {
            assert.ok(
              allowed.some((code) => isFailure(error, code)),
              String(error),
            );
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the log', () => {
  it('gets each event in the partition of its id, with project and time of receipt', async () => {
    const opened = openCollector();
    await opened.collect(clicks(100), { project: 'shop' });
    let events = 0;
    for (let partition = 0; partition < opened.log.partitions; partition++) {
      const { next } = opened.log.ends(partition);
      events += next;
      assert.equal(
        next,
        clicks(100).filter(({ eventId }) => partitionOf(hasher, 'shop', eventId, 4) === partition).length,
      );
    }
    assert.equal(events, 100);
    for (const batch of await opened.batches())
      assert.deepEqual([batch.project, batch.receivedAt], ['shop', receivedAt]);
  });

  it('holds every event as it was read, however much of what was sent it keeps', async () => {
    const field = fc.oneof(fc.string({ maxLength: 9 }), fc.constantFrom('', null, 'Ü😀\u0001\u2028'));
    const event = fc.record(
      {
        type: fc.oneof(fc.constant('x'), fc.string({ unit: 'binary', maxLength: 3 })),
        timestamp: fc.constantFrom(receivedAt, receivedAt - 0.5, '2026-01-15T12:00:00+01:00', 'never'),
        eventId: fc.oneof(fc.uuid(), fc.constant(null)),
        source: fc.constantFrom('server', 'web', '', null),
        userId: field,
        title: field,
        url: fc.constantFrom('/a', '', null),
        amount: fc.constantFrom(12.5, '12.50', 0.1, '', null),
        currency: fc.constantFrom('EUR', 'eur', null),
        bot: fc.constantFrom(true, null),
        ip: fc.constantFrom('192.0.2.1', null),
        properties: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 })),
      },
      { requiredKeys: ['type', 'timestamp', 'source'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('one', 'array', 'pretty', 'envelope', 'lines'),
        fc.constantFrom(1, 3),
        async (sent, form, partitions) => {
          const events = form === 'one' ? sent.slice(0, 1) : sent;
          const texts = events.map((one) => JSON.stringify(one));
          const body = {
            one: texts[0]!,
            array: `[${texts}]`,
            pretty: JSON.stringify(events, undefined, 2),
            envelope: `{"events":[${texts}]}`,
            lines: texts.join('\n'),
          }[form];
          const log = openMemoryLog({ partitions });
          const opened = openCollector({ log, salt: async () => undefined });
          await opened.collect(body, {
            ...(form === 'lines' && lines),
            userAgent: undefined,
            address: undefined,
          });
          let made = 0;
          const read = texts
            .map((text) => parseEvent(JSON.parse(text), receivedAt))
            .flatMap((result) => (isRefusal(result) ? [] : [result.event]))
            .map((each) => ({ ...each, eventId: each.eventId ?? `made-${made++}` }));
          const inOrder = (list: readonly object[]) => list.map((each) => sortedJson(each)).toSorted();
          assert.deepEqual(inOrder(await opened.events()), inOrder(read));
        },
      ),
    );
  });

  it('keeps the text of no event that was refused', async () => {
    const refused = '{"type":"x","secret":"hunter2"}';
    const sound = JSON.stringify(click('a'));
    for (const [body, request] of [
      [`[${sound},${refused},${JSON.stringify(click('b'))}]`, {}],
      [`{"events":[${sound},${refused}]}`, {}],
      [`${refused}\n${sound}`, lines],
    ] as const) {
      const opened = openCollector({ log: openMemoryLog({ partitions: 1 }) });
      assert.equal((await opened.collect(body, request)).rejected, 1);
      const bytes = Buffer.concat(await opened.records());
      assert.ok(bytes.includes('click') && !bytes.includes('hunter2'));
    }
  });

  it('has every event before the answer, whichever partition is last', async () => {
    for (const last of [0, 1]) {
      const log = openMemoryLog({ partitions: 2 });
      const append = log.append.bind(log);
      const release = new Map<number, () => void>();
      log.append = async (partition, ...record) => {
        await new Promise<void>((resolve) => release.set(partition, resolve));
        return append(partition, ...record);
      };
      let isAnswered = false;
      const answer = openCollector({ log })
        .collect(clicks(50))
        .then(() => {
          isAnswered = true;
        });
      while (release.size < 2) await nextTurn();
      release.get(1 - last)!();
      for (let turn = 0; turn < 20; turn++) await nextTurn();
      assert.equal(isAnswered, false);
      release.get(last)!();
      await answer;
    }
  });

  it('that takes no more fails the whole request with its own error', async () => {
    const log = openMemoryLog({ partitions: 4 });
    const append = log.append.bind(log);
    log.append = async (partition, ...record) => {
      if (partition === 2) throw failure('log_full', { detail: 'it is a test' });
      return append(partition, ...record);
    };
    await assert.rejects(openCollector({ log }).collect(clicks(50)), { code: 'log_full', status: 503 });
  });

  it('gets a large request in records of bounded size', async () => {
    const opened = openCollector();
    await opened.collect(clicks(9000));
    const sizes = (await opened.batches()).map((batch) => batch.events.length);
    assert.ok(sizes.every((size) => size <= 1000) && sizes.length >= 9);
  });
});

describe('telemetry', () => {
  it('says how long each step took, and counts refusals by reason', async () => {
    const opened = openCollector();
    const steps: [string, number][] = [];
    const refusals: [string, number][] = [];
    opened.telemetry.subscribe('collect.step', ({ step, events }) => steps.push([step, events]));
    opened.telemetry.subscribe('collect.refused', ({ reason, count }) => refusals.push([reason, count]));
    await opened.collect([click('a'), click('b'), {}, {}, 5]);
    assert.deepEqual(steps, [
      ['dropUnreadable', 5],
      ['dropInvalid', 5],
      ['addEventId', 2],
      ['addContext', 2],
      ['addVisitor', 2],
      ['addPlace', 2],
    ]);
    assert.deepEqual(refusals, [
      ['field_missing', 2],
      ['not_an_object', 1],
    ]);
  });
});
