/**
 * Bodies that have broken servers: bad JSON, bad UTF-8, wrong types, deep and wide things, numbers at their ends, names of
 * JavaScript's own; and the mutations that make a million more of them.
 */
import fc from 'fast-check';

export const soundEvent = {
  eventId: 'sound',
  type: 'pageview',
  timestamp: '2025-12-01T12:00:00.000Z',
  url: 'https://shop.example/a?b=c&utm_source=x#d',
  referrer: 'https://search.example/',
  userId: 'u-1',
  amount: '12.5',
  currency: 'EUR',
  properties: { plan: 'pro', n: 1.5, on: true, none: null, list: [1, 'a', { b: 2 }] },
};

const sound = JSON.stringify(soundEvent);
const deep = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);

export const nastyBodies: readonly (string | Buffer)[] = [
  '',
  ' ',
  '\0',
  'null',
  'true',
  '0',
  '""',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '[{}]',
  '{"events":null}',
  '{"events":{}}',
  '{"events":[]}',
  '{"events":[null,1,"a",[],{}]}',
  `{"events":[${sound}],"more":1}`,
  `[${sound},]`,
  `[${sound}`,
  `${sound}${sound}`,
  `${sound}\n${sound}\n`,
  `\n\n${sound}\n\nDROP TABLE events\n`,
  `\ufeff${sound}`,
  deep('[', ']', 100_000),
  deep('{"a":', '}', 50_000),
  `{"type":"a","timestamp":1700000000000,"properties":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`,
  `{"type":"${'a'.repeat(300_000)}","timestamp":1700000000000}`,
  `{"type":"a","timestamp":1e400}`,
  `{"type":"a","timestamp":-1}`,
  `{"type":"a","timestamp":9007199254740993}`,
  `{"type":"a","timestamp":"0000-01-01T00:00:00Z"}`,
  `{"type":"a","timestamp":"+275760-09-13T00:00:00.000Z"}`,
  `{"type":"a","timestamp":"2026-02-30T00:00:00Z"}`,
  `{"type":"a","timestamp":{"$date":1}}`,
  `{"type":"a","timestamp":1700000000000,"amount":"1e309"}`,
  `{"type":"a","timestamp":1700000000000,"amount":"NaN","currency":"EUR"}`,
  `{"type":"a","timestamp":1700000000000,"amount":${'9'.repeat(5_000)}}`,
  '{"__proto__":{"type":"a"},"constructor":{"prototype":{}},"type":"a","timestamp":1700000000000}',
  '{"type":"a","timestamp":1700000000000,"properties":{"__proto__":{"x":1},"toString":1,"":2,"a.b":{"c":1}}}',
  '{"type":"a","type":"b","timestamp":1700000000000,"timestamp":1}',
  '{"type":"\\ud800","timestamp":1700000000000}',
  '{"type":"a","timestamp":1700000000000,"userId":"\\u0000"}',
  '{"type":"a","timestamp":1700000000000,"url":"https://[::1"}',
  '{"type":"a","timestamp":1700000000000,"url":"https://%ff@:99999/%"}',
  '{"type":"a","timestamp":1700000000000,"ip":"999.1.1.1","userAgent":"\\r\\nx: y"}',
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.concat([
    Buffer.from('{"type":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('","timestamp":1700000000000}'),
  ]),
  Buffer.concat([Buffer.from(`${sound}\n`), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(`\n${sound}`)]),
  Buffer.alloc(1_000, '{'),
  Buffer.alloc(100_000, '\n'),
];

export const contentTypes = [
  'application/json',
  'application/x-ndjson',
  'text/plain',
  'text/plain;charset=utf-8',
  undefined,
] as const;

/** Parts of JSON that stand where others belong. */
const tokens = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\n',
  '\0',
  'null',
  '1e999',
  '-',
  '\\u',
  'true',
  '\ud800',
  '"":',
];

/** A sound event with some of it cut out, doubled, or replaced; or with a field that holds anything. */
export const mutated: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(sound, `[${sound},${sound}]`, `{"events":[${sound}]}`, `${sound}\n${sound}`),
      fc.array(
        fc.tuple(
          fc.nat(1_000),
          fc.nat(20),
          fc.oneof(fc.constantFrom(...tokens), fc.string({ maxLength: 5 })),
        ),
        { minLength: 1, maxLength: 5 },
      ),
    )
    .map(([text, edits]) => {
      let result = text;
      for (const [at, cut, put] of edits) {
        const place = at % (result.length + 1);
        result = result.slice(0, place) + put + result.slice(place + cut);
      }
      return Buffer.from(result);
    }),
  fc
    .tuple(fc.constantFrom(...Object.keys(soundEvent)), fc.jsonValue())
    .map(([field, value]) => Buffer.from(JSON.stringify({ ...soundEvent, [field]: value }))),
  fc.tuple(fc.nat(sound.length - 1), fc.nat(255)).map(([at, byte]) => {
    const bytes = Buffer.from(sound);
    bytes[at] = byte;
    return bytes;
  }),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
