/** The bytes of a log record: what is written can be read, also by later versions, and damage is an error. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../src/errors.ts';
import { decodeBatch, encodeBatch } from '../../src/event/codec.ts';
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

describe('the codec', () => {
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
    const bytes = encodeBatch(batch);
    const large = new Uint8Array(bytes.length + 20).fill(7);
    large.set(bytes, 11);
    assert.deepEqual(decodeBatch(large.subarray(11, 11 + bytes.length)), batch);
  });

  it('names the version that it cannot read', () => {
    const bytes = encodeBatch(batch);
    bytes[0] = 9;
    assert.throws(() => decodeBatch(bytes), { code: 'record_malformed', message: /version is 9.*reads 1/ });
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
    assert.throws(() => decodeBatch(new Uint8Array()), { code: 'record_malformed' });
    assert.throws(() => decodeBatch(Buffer.from([1, 0x22, 0xff, 0x22])), { code: 'record_malformed' });
  });

  it('never fails in another way on any bytes', () => {
    const whole = Buffer.from(encodeBatch(batch));
    const flipped = fc
      .tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }))
      .map(([at, byte]) => Buffer.from(whole).fill(byte, at, at + 1));
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
