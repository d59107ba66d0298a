/** The bytes of a log record: what is written can be read, also by later versions, and damage is an error. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../src/errors.ts';
import { decodeBatch, encodeBatch, encodeSent as piecesOf, type SentBatch } from '../../src/event/codec.ts';
import type { EventBatch } from '../../src/event/event.ts';
import { parseEvent } from '../../src/event/parse-event.ts';

const golden = new URL('../golden/codec/', import.meta.url);
const readJson = async (name: string) =>
  JSON.parse(await readFile(new URL(name, golden), 'utf8')) as EventBatch;

const batch: EventBatch = {
  project: 'p',
  receivedAt: 5,
  events: [{ eventId: 'e', type: 't', timestamp: 3, source: 'web' }],
};

const encodeSent = (batch: SentBatch) => Buffer.concat([...piecesOf(batch)]);
const sent: SentBatch = {
  project: 'p',
  receivedAt: 5,
  text: Buffer.from(JSON.stringify(batch.events)),
  changes: [],
};
const damagedSent = (head: unknown, text: unknown) =>
  Buffer.from(`\u0002${JSON.stringify(head)}\n${JSON.stringify(text)}`);

/** The sender's text of version 2, with what became of it: in it are white space, a name twice, and every kind of change. */
const goldenText = `[ {"eventId":"e1", "type":"pageview","timestamp":"2026-01-01T00:00:00.000Z","url":"/a","title":"Ünïcödé 😀 \\u00fc\\n"},
  {"eventId":"e2","type":"a","type":"purchase","timestamp":1767225600001,"amount":12.50,"currency":"eur","userId":null,"properties":{"a.b":1e2,"list":[1,{}]}},
\t{"eventId":"e3","type":"x","timestamp":1767225600002,"source":"server"} ]`;
const goldenChanges: SentBatch['changes'] = [
  [0, { timestamp: 1_767_225_600_000, source: 'web', userAgent: 'Mozilla/5.0 (X11)', country: 'AT' }],
  [1, { amount: '12.5', currency: 'EUR', userId: null, source: 'server' }],
];

describe('the codec', () => {
  it('reads the bytes that version 2 wrote as version 2 meant them', async () => {
    const bytes = await readFile(new URL('v2.bin', golden));
    assert.deepEqual(decodeBatch(bytes), await readJson('v2.json'));
  });

  it('writes the bytes of version 2 as they always were', async () => {
    const bytes = await readFile(new URL('v2.bin', golden));
    const written = encodeSent({
      project: 'default',
      receivedAt: 1_767_225_600_123,
      text: Buffer.from(goldenText),
      changes: goldenChanges,
    });
    assert.deepEqual(written, bytes);
  });

  it('keeps what was sent byte for byte behind a line with what became of it', () => {
    const lines = encodeSent({ ...sent, changes: [[0, { title: null }]] }).toString();
    const head = '{"project":"p","receivedAt":5,"changes":[[0,{"title":null}]]}';
    assert.equal(lines, `\u0002${head}\n${JSON.stringify(batch.events)}`);
    assert.deepEqual(decodeBatch(encodeSent(sent)), batch);
    const one = Buffer.from(JSON.stringify(batch.events[0]));
    assert.deepEqual(decodeBatch(encodeSent({ ...sent, text: one })), batch);
  });

  it('reads the bytes that version 1 wrote as version 1 meant them', async () => {
    const bytes = await readFile(new URL('v1.bin', golden));
    assert.deepEqual(decodeBatch(bytes), await readJson('v1.json'));
  });

  it('writes the bytes of version 1 as they always were', async () => {
    const bytes = await readFile(new URL('v1.bin', golden));
    assert.deepEqual(Buffer.from(encodeBatch(await readJson('v1.json'))), bytes);
  });

  it('begins a record with the version and holds the project and events of the request', () => {
    const bytes = encodeBatch(batch);
    assert.equal(bytes[0], 1);
    assert.deepEqual(JSON.parse(Buffer.from(bytes).toString('utf8', 1)), batch);
  });

  it('gives back every batch of parsed events as it was', () => {
    const sent = fc.record(
      {
        type: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
        timestamp: fc.integer({ min: 100_000_000_000, max: 1_700_000_000_000 }),
        eventId: fc.uuid(),
        title: fc.string({ unit: 'binary', maxLength: 50 }),
        properties: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
      },
      { requiredKeys: ['type', 'timestamp', 'eventId'] },
    );
    fc.assert(
      fc.property(fc.array(sent), (all) => {
        const results = all.map((one) => parseEvent(JSON.parse(JSON.stringify(one)), 1_800_000_000_000));
        const events = results.flatMap((result) => ('event' in result ? [result.event] : []));
        const whole = { project: 'p', receivedAt: 1, events } as EventBatch;
        assert.deepEqual(decodeBatch(encodeBatch(whole)), whole);
      }),
    );
  });

  it('reads a record that stands anywhere in a larger buffer', () => {
    for (const bytes of [encodeBatch(batch), encodeSent(sent)]) {
      const large = new Uint8Array(bytes.length + 20).fill(7);
      large.set(bytes, 11);
      assert.deepEqual(decodeBatch(large.subarray(11, 11 + bytes.length)), batch);
    }
  });

  it('names the version that it cannot read', () => {
    const bytes = encodeBatch(batch);
    bytes[0] = 9;
    assert.throws(() => decodeBatch(bytes), {
      code: 'record_malformed',
      message: /version is 9.*reads 1 and 2/,
    });
  });

  it('says that a damaged record is damaged, whatever the damage', () => {
    const damaged: unknown[] = [
      null,
      [],
      5,
      {},
      { ...batch, project: 5 },
      { ...batch, receivedAt: '5' },
      { ...batch, events: {} },
      { ...batch, events: [null] },
      { ...batch, events: [{}] },
      { ...batch, events: [{ ...batch.events[0], userId: 5 }] },
      { ...batch, events: [{ ...batch.events[0], timestamp: 'x' }] },
      { ...batch, events: [{ ...batch.events[0], properties: null }] },
    ];
    for (const value of damaged) {
      assert.throws(() => decodeBatch(Buffer.from(`\u0001${JSON.stringify(value)}`)), {
        code: 'record_malformed',
      });
    }
    const head = { project: 'p', receivedAt: 5 };
    const damagedSents: readonly (readonly [head: unknown, text: unknown])[] = [
      [null, batch.events],
      [{}, batch.events],
      [head, 5],
      [head, [{}]],
      [{ ...head, changes: {} }, batch.events],
      [{ ...head, changes: [5] }, batch.events],
      [{ ...head, changes: [[1, {}]] }, batch.events],
      [{ ...head, changes: [['length', {}]] }, batch.events],
      [{ ...head, changes: [[0, null]] }, batch.events],
      [{ ...head, changes: [[0, { type: null }]] }, batch.events],
      [{ ...head, changes: [[0, { timestamp: '5' }]] }, batch.events],
    ];
    for (const [head, text] of damagedSents)
      assert.throws(() => decodeBatch(damagedSent(head, text)), { code: 'record_malformed' });
    assert.throws(() => decodeBatch(Buffer.from('\u0002{}')), {
      code: 'record_malformed',
      message: /no end/,
    });
    assert.throws(() => decodeBatch(new Uint8Array()), { code: 'record_malformed' });
    assert.throws(() => decodeBatch(Buffer.from([1, 0x22, 0xff, 0x22])), { code: 'record_malformed' });
  });

  it('never fails in another way on any bytes', () => {
    const changes: SentBatch['changes'] = [[0, { title: null, userId: 'u' }]];
    const wholes = [encodeBatch(batch), encodeSent({ ...sent, changes })];
    const flipped = fc
      .tuple(fc.constantFrom(...wholes), fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([whole, at, byte]) => Buffer.from(whole).fill(byte, at % whole.length, (at % whole.length) + 1));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), flipped), (bytes) => {
        try {
          decodeBatch(bytes);
        } catch (error) {
          assert.ok(isFailure(error, 'record_malformed'), String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
