/** What an event is and what is none: every reason of the closed list, every field's limit, and that nothing ever throws. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as limits from '../../src/event/limits.ts';
import { eventFields, isRefusal, type ParsedEvent, parseEvent } from '../../src/event/parse-event.ts';
import { type Refusal, type RefusalReason, refusalMessage } from '../../src/event/refusal.ts';

const receivedAt = Date.UTC(2026, 0, 15, 12);
const good = { type: 'click', timestamp: receivedAt };
const parse = (fields: object) => parseEvent({ ...good, ...fields }, receivedAt);
const json = (text: string) => parseEvent(JSON.parse(text), receivedAt);

function accepted(result: ParsedEvent | Refusal): ParsedEvent {
  assert.ok(!isRefusal(result), isRefusal(result) ? refusalMessage(result) : '');
  return result;
}

function refused(result: ParsedEvent | Refusal): Refusal {
  assert.ok(isRefusal(result), 'it was accepted');
  return result;
}

function nested(levels: number): object {
  let value: object = { leaf: 1 };
  for (let level = 1; level < levels; level++) value = { a: value };
  return value;
}

/** Reasons that only a body can cause; test/collect reaches them. */
type BodyReason = 'not_json' | 'not_utf8' | 'event_too_large';
/** What is refused, and words that the message must hold. The type makes every reason of the list have its cases. */
const refusals: Record<Exclude<RefusalReason, BodyReason>, readonly (readonly [unknown, ...string[]])[]> = {
  not_an_object: [[null, 'null'], [5, '5'], ['x', '"x"'], [[], 'an array'], [true], [undefined]],
  field_unknown: [
    [{ ...good, userid: 'u' }, '"userid"', 'did you mean userId?'],
    [{ ...good, user_id: 'u' }, 'did you mean userId?'],
    [{ ...good, tiemstamp: 1 }, 'did you mean timestamp?'],
    [{ ...good, price: 1 }, 'did you mean amount?'],
    [{ ...good, zzz: 1 }, '"zzz"', 'properties'],
    [{ ...good, constructor: 1 }, '"constructor"'],
    [JSON.parse('{"__proto__":{"type":"x"},"type":"a","timestamp":1700000000000}'), '"__proto__"'],
    [{ ...good, ['x'.repeat(5000)]: 1 }, 'xxx…'],
  ],
  field_missing: [
    [{}, 'type'],
    [{ type: 'x' }, 'timestamp'],
    [{ timestamp: receivedAt }, 'type'],
    [{ ...good, type: '' }, 'type is required'],
    [{ ...good, timestamp: null }, 'timestamp is required'],
  ],
  wrong_type: [
    [{ ...good, type: 5 }, 'type must be a string', '5'],
    [{ ...good, timestamp: true }, 'timestamp', 'true'],
    [{ ...good, timestamp: {} }, 'an object'],
    [{ ...good, userId: 12 }, 'userId', '12'],
    [{ ...good, userId: ['a'] }, 'an array'],
    [{ ...good, userAgent: 1 }, 'userAgent'],
    [{ ...good, ip: 1 }, 'ip'],
    [{ ...good, source: 1 }, 'source'],
    [{ ...good, currency: 1 }, 'currency'],
    [{ ...good, amount: true }, 'amount'],
    [{ ...good, properties: [] }, 'properties', 'an array'],
    [{ ...good, properties: 'x' }, 'properties'],
  ],
  too_long: [
    [{ ...good, type: 'x'.repeat(201) }, 'type', '200 characters'],
    [{ ...good, eventId: 'x'.repeat(129) }, 'eventId', '128'],
    [{ ...good, userId: '😀'.repeat(201) }, 'userId', '200'],
  ],
  not_unicode: [
    [{ ...good, userId: 'a\ud800' }, 'userId'],
    [{ ...good, properties: { a: { b: '\udc00' } } }, 'properties.a.b'],
    [{ ...good, properties: { '\udc00': 1 } }, 'a key of properties'],
  ],
  nul_character: [
    [{ ...good, type: 'a\0b' }, 'type', 'U+0000'],
    [{ ...good, eventId: '\0' }, 'eventId'],
    [{ ...good, properties: { a: ['\0'] } }, 'properties.a.0'],
    [{ ...good, properties: { 'a\0': 1 } }, 'a key of properties'],
  ],
  timestamp_malformed: [
    [{ ...good, timestamp: 'yesterday' }, '"yesterday"'],
    [{ ...good, timestamp: '1700000000000' }, 'a number of milliseconds'],
    [{ ...good, timestamp: '2025-02-29' }, '2025-02-29'],
    [{ ...good, timestamp: 'x'.repeat(100_000) }, 'xxx…'],
  ],
  timestamp_in_seconds: [
    [{ ...good, timestamp: 1_700_000_000 }, 'seconds', '1700000000'],
    [{ ...good, timestamp: 0 }],
    [{ ...good, timestamp: -1 }],
    [{ ...good, timestamp: Number.NaN }],
    [{ ...good, timestamp: 99_999_999_999 }],
  ],
  timestamp_in_future: [
    [{ ...good, timestamp: receivedAt + 24 * 3_600_000 + 1 }, '24 hours', '2026-01-15T12:00:00.000Z'],
    [{ ...good, timestamp: '9999-12-31' }, '9999-12-31'],
    [json1e400(), 'Infinity'],
  ],
  timestamp_too_early: [
    [{ ...good, timestamp: '1899-12-31T23:59:59.999Z' }, '1900'],
    [{ ...good, timestamp: '0001-01-01' }],
  ],
  amount_malformed: [
    [{ ...good, amount: '12,5' }, '"12,5"'],
    [{ ...good, amount: '1.23456' }, '4 places'],
    [{ ...good, amount: '1e3' }],
    [{ ...good, amount: 'NaN' }],
    [{ ...good, amount: '1'.repeat(65) }],
  ],
  amount_out_of_range: [
    [{ ...good, amount: 1e14 }, '14 digits'],
    [{ ...good, amount: '-100000000000000' }],
    [{ ...good, amount: Number.POSITIVE_INFINITY }, 'Infinity'],
    [{ ...good, amount: Number.NaN }],
  ],
  currency_unknown: [
    [{ ...good, currency: 'EURO' }, '"EURO"', 'ISO 4217'],
    [{ ...good, currency: 'QQQ' }],
    [{ ...good, currency: '€' }],
  ],
  source_unknown: [[{ ...good, source: 'Web' }, '"Web"'], [{ ...good, source: 'desktop' }]],
  ip_malformed: [
    [{ ...good, ip: '1.2.3' }, '"1.2.3"'],
    [{ ...good, ip: '1.2.3.4, 5.6.7.8' }],
    [{ ...good, ip: 'localhost' }],
  ],
  properties_too_large: [[{ ...good, properties: { a: 'x'.repeat(32_768) } }, '32768']],
  properties_too_deep: [
    [{ ...good, properties: nested(17) }, '16 levels'],
    [{ ...good, properties: JSON.parse(`{"a":${'['.repeat(16)}${']'.repeat(16)}}`) }],
    [{ ...good, properties: JSON.parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`) }],
    [{ ...good, properties: { a: JSON.parse('['.repeat(10_000) + ']'.repeat(10_000)) } }],
  ],
  properties_too_many: [
    [{ ...good, properties: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`k${i}`, i])) }, '256'],
  ],
  property_key_length: [
    [{ ...good, properties: { '': 1 } }, '1 to 200'],
    [{ ...good, properties: { a: [{ ['k'.repeat(201)]: 1 }] } }],
  ],
  property_paths_length: [
    [
      {
        ...good,
        properties: {
          ['k'.repeat(200)]: Object.fromEntries(Array.from({ length: 170 }, (_, i) => [`k${i}`, i])),
        },
      },
      '32768',
    ],
  ],
  property_twice: [
    [{ ...good, properties: { 'a.b': 1, a: { b: 2 } } }, 'properties.a.b'],
    [{ ...good, properties: { a: { 'b.c': 1, b: { c: 2 } } } }, 'properties.a.b.c'],
    [{ ...good, properties: { list: [{ 'a.b': 1, a: { b: 2 } }] } }, 'properties.list.0.a.b'],
  ],
  number_too_large: [[{ ...good, properties: JSON.parse('{"a":{"b":1e400}}') }, 'properties.a.b']],
};

function json1e400(): unknown {
  return JSON.parse('{"type":"x","timestamp":1e400}');
}

describe('an event that is refused', () => {
  for (const [reason, cases] of Object.entries(refusals)) {
    it(`says ${reason}, and which field, rule and value`, () => {
      assert.ok(cases.length > 0);
      for (const [value, ...words] of cases) {
        const refusal = refused(parseEvent(value, receivedAt));
        const message = refusalMessage(refusal);
        assert.equal(refusal.reason, reason, message);
        for (const word of words) assert.ok(message.includes(word), `"${message}" does not say ${word}`);
        assert.ok(message.length < 400, 'a message is short whatever was sent');
      }
    });
  }

  it('overflows no stack with 10,000 levels in any field', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    for (const field of [...eventFields, 'other']) {
      refused(json(`{"type":"a","timestamp":1700000000000,"${field}":${deep}}`));
    }
  });
});

describe('an event that is accepted', () => {
  it('has every text field up to its limit, counted in code points', () => {
    const lengths: Record<string, number> = {
      type: 200,
      eventId: 128,
      userId: 200,
      anonymousId: 200,
      previousId: 200,
      sessionId: 200,
      viewId: 200,
      url: 8192,
      referrer: 8192,
      title: 2000,
      screen: 200,
      language: 200,
      appVersion: 200,
      os: 200,
      device: 200,
      browser: 200,
      country: 200,
      region: 200,
      city: 200,
      productId: 200,
      experimentId: 200,
      variantKey: 200,
    };
    for (const [field, length] of Object.entries(lengths)) {
      for (const character of ['x', '😀', '\u00e4']) {
        const value = character.repeat(length);
        assert.equal(accepted(parse({ [field]: value })).event[field as 'type'], value);
        assert.equal(refused(parse({ [field]: value + character })).reason, 'too_long');
      }
    }
  });

  it('has no field for what was null or empty', () => {
    const blank = Object.fromEntries(
      eventFields.filter((field) => !(field in good)).flatMap((field) => [[field, '']]),
    );
    assert.deepEqual(accepted(parse(blank)).event, { ...good, source: 'server' });
    const nulls = Object.fromEntries(Object.keys(blank).map((field) => [field, null]));
    assert.deepEqual(accepted(parse(nulls)).event, { ...good, source: 'server' });
  });

  it('comes from the web when it has a url and says nothing else', () => {
    assert.equal(accepted(parse({ url: '/a' })).event.source, 'web');
    assert.equal(accepted(parse({})).event.source, 'server');
    assert.equal(accepted(parse({ url: '/a', source: 'mobile' })).event.source, 'mobile');
  });

  it('keeps types in capitals as sent', () => {
    assert.equal(accepted(parse({ type: 'EXPOSURE' })).event.type, 'EXPOSURE');
    assert.equal(accepted(parse({ type: ' Éxposure ' })).event.type, ' Éxposure ');
  });

  it('leaves the address beside the event', () => {
    const parsed = accepted(parse({ ip: '2001:db8::1', userAgent: 'x' }));
    assert.equal(parsed.address, '2001:db8::1');
    assert.deepEqual(parsed.event, { ...good, source: 'server', userAgent: 'x' });
  });

  it('has its User-Agent cut, never refused for its length', () => {
    const { event } = accepted(parse({ userAgent: `${'x'.repeat(limits.userAgentCharactersMax - 1)}😀` }));
    assert.equal(event.userAgent, 'x'.repeat(limits.userAgentCharactersMax - 1));
  });

  it('may lie 24 hours ahead and back to 1900', () => {
    for (const timestamp of [receivedAt + 24 * 3_600_000, 100_000_000_000]) {
      assert.equal(accepted(parse({ timestamp })).event.timestamp, timestamp);
    }
    assert.equal(accepted(parse({ timestamp: '1900-01-01' })).event.timestamp, limits.timestampMinMs);
    assert.equal(accepted(parse({ timestamp: 1_700_000_000_000.9 })).event.timestamp, 1_700_000_000_000);
  });

  it('has its currency in capitals', () => {
    assert.equal(accepted(parse({ currency: 'eur' })).event.currency, 'EUR');
  });

  it('has properties as sent, with keys that mean something elsewhere as plain data', () => {
    const sent =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"x":1}},"toString":"t","a.b":1,"a":{"c":[{"d":1}]}}';
    const { event } = accepted(json(`{"type":"x","timestamp":1700000000000,"properties":${sent}}`));
    assert.equal(JSON.stringify(event.properties), sent);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('has properties up to each of their limits', () => {
    const exact = { a: 'x'.repeat(limits.propertiesBytesMax - '{"a":""}'.length) };
    accepted(parse({ properties: exact }));
    assert.equal(refused(parse({ properties: { a: `${exact.a}x` } })).reason, 'properties_too_large');
    accepted(parse({ properties: nested(16) }));
    accepted(parse({ properties: { ['k'.repeat(200)]: 1 } }));
    accepted(parse({ properties: Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`k${i}`, i])) }));
    accepted(parse({ properties: { list: Array.from({ length: 1000 }, (_, i) => ({ i })) } }));
  });
});

describe('parsing anything', () => {
  const field = fc.oneof(fc.constantFrom(...eventFields), fc.string());
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.constantFrom('2026-01-01', 'web', 'EUR', '1.5', 1_700_000_000_000, '1.1.1.1', null, ''),
  );

  it('gives an event or exactly one reason with a message, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(field, value)), (sent) => {
        const result = parseEvent(sent, receivedAt);
        if (isRefusal(result)) assert.ok(refusalMessage(result).length > 0);
        else assert.ok(Number.isInteger(result.event.timestamp) && result.event.type !== '');
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts what is well formed, without changing a property', () => {
    const properties = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.jsonValue({ maxDepth: 3 }), {
      maxKeys: 5,
    });
    const sent = fc.record(
      {
        userId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
        amount: fc.double({ min: -1e13, max: 1e13, noNaN: true }),
        properties,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(sent, (fields) => {
        const result = parse(JSON.parse(JSON.stringify(fields)));
        if (isRefusal(result)) assert.match(result.reason, /^(property_|nul_)/);
        else if (fields.properties) {
          assert.equal(JSON.stringify(result.event.properties), JSON.stringify(fields.properties));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('an exported event', () => {
  const exported = {
    ...good,
    receivedAt: '2026-01-01T00:00:00.000Z',
    path: '/a',
    host: 'x.test',
    utmSource: 'mail',
  };

  it('is known by its receivedAt, and may say again what is derived', () => {
    const parsed = parseEvent(exported, Date.UTC(2026, 5, 1)) as ParsedEvent;
    assert.equal(isRefusal(parsed), false);
    assert.equal(parsed.isExported, true);
    assert.deepEqual(
      Object.keys(parsed.event).filter((field) => field in { receivedAt: 1, path: 1, host: 1, utmSource: 1 }),
      [],
    );
  });

  it('is none without it, so that derived fields are refused by name', () => {
    const { receivedAt: _, ...sent } = exported;
    const refusal = parseEvent(sent, Date.UTC(2026, 5, 1));
    assert.ok(isRefusal(refusal) && refusal.reason === 'field_unknown' && refusal.field === 'path');
    const late = parseEvent({ ...exported, receivedAt: 'yesterday' }, Date.UTC(2026, 5, 1));
    assert.ok(isRefusal(late) && late.reason === 'timestamp_malformed');
  });

  it('keeps its bot verdict, which must be true or false', () => {
    const parsed = parseEvent({ ...exported, bot: true }, Date.UTC(2026, 5, 1)) as ParsedEvent;
    assert.equal(parsed.event.bot, true);
    const refusal = parseEvent({ ...exported, bot: 'no' }, Date.UTC(2026, 5, 1));
    assert.ok(isRefusal(refusal) && refusal.reason === 'wrong_type');
  });
});
