/** The parts of the store that need no engine. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import { ByteWriter } from '../../../src/store/clickhouse/byte-writer.ts';
import { ClickHouseError } from '../../../src/store/clickhouse/clickhouse-error.ts';
import { DirtyDays } from '../../../src/store/clickhouse/dirty-days.ts';
import { FencedCalls } from '../../../src/store/clickhouse/fenced-calls.ts';
import { Gate } from '../../../src/store/clickhouse/gate.ts';
import { correctedUsers } from '../../../src/store/clickhouse/sketch.ts';
import { questionFailure, writeFailure } from '../../../src/store/clickhouse/store-errors.ts';
import { Versions } from '../../../src/store/clickhouse/versions.ts';

const day = 86_400_000;

describe('the gate', () => {
  test('lets inserts in together, a repair alone, and keeps the order of coming', async () => {
    const gate = new Gate();
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} ends`);
    };
    await Promise.all([
      gate.shared(work('a')),
      gate.shared(work('b')),
      gate.alone(work('repair')),
      gate.shared(work('c')),
    ]);
    assert.deepEqual(events, [
      'a begins',
      'b begins',
      'a ends',
      'b ends',
      'repair begins',
      'repair ends',
      'c begins',
      'c ends',
    ]);
  });

  test('opens again after work that failed', async () => {
    const gate = new Gate();
    const failing = async () => {
      throw new Error('no');
    };
    await assert.rejects(gate.alone(failing));
    await assert.rejects(gate.shared(failing));
    assert.equal(await gate.alone(async () => 1), 1);
  });
});

describe('dirty days', () => {
  test('stay dirty until everybody who marked them is done', () => {
    const dirty = new DirtyDays();
    dirty.mark('a', [0, 1]);
    dirty.mark('b', [1, 5]);
    assert.deepEqual(dirty.of('b'), [1, 5]);
    dirty.clean('a', [0, 1]);
    assert.deepEqual(dirty.ranges(0, 10 * day), [
      { from: day, to: 2 * day },
      { from: 5 * day, to: 6 * day },
    ]);
    assert.deepEqual(dirty.ranges(2 * day, 5 * day), []);
    assert.equal(dirty.ranges(2 * day, 5 * day + 1).length, 1);
  });

  test('before 1970 are counted downwards', () => {
    const dirty = new DirtyDays();
    dirty.mark('a', [-1]);
    assert.deepEqual(dirty.ranges(-1, 1), [{ from: -day, to: 0 }]);
  });
});

describe('versions', () => {
  test('change for the days and the project that changed', () => {
    const versions = new Versions('e');
    const of = (project: string, from: number, to: number) => versions.of(project, from * day, to * day);
    const before = [of('p', 0, 1), of('p', 1, 2), of('q', 0, 1)];
    versions.changed('p', [0]);
    assert.notEqual(of('p', 0, 1), before[0]);
    assert.deepEqual([of('p', 1, 2), of('q', 0, 1)], before.slice(1));
    const since = of('q', 0, 3);
    versions.changedEverywhere([2]);
    assert.notEqual(of('q', 0, 3), since);
    assert.equal(of('q', 0, 1), before[2]);
  });

  test('all change when there are too many to remember', () => {
    const versions = new Versions('e');
    const before = versions.of('q', 0, day);
    for (let i = 0; i < 200; i++)
      versions.changed(
        `p${i}`,
        Array.from({ length: 1_001 }, (_, n) => n),
      );
    assert.notEqual(versions.of('q', 0, day), before);
  });
});

describe('fenced calls', () => {
  test('fence what was unclear, once, and nothing that is known to have ended', async () => {
    const fenced: string[] = [];
    let id = 0;
    const calls = new FencedCalls(
      async (queryId) => void fenced.push(queryId),
      () => `q${id++}`,
    );
    await calls.run(async () => undefined);
    const fail = (error: Error) => calls.run(async () => Promise.reject(error)).catch(() => {});
    await fail(new ClickHouseError('lost', 0, 'unclear'));
    await fail(new ClickHouseError('refused', 60, 'refused'));
    await fail(new Error('anything'));
    await calls.settle();
    await calls.settle();
    assert.deepEqual(fenced, ['q1', 'q3']);
  });

  test('stay unclear when the fence fails', async () => {
    let broken = true;
    const fenced: string[] = [];
    const fence = async (queryId: string) => {
      if (broken) throw new Error('the engine is away');
      fenced.push(queryId);
    };
    const calls = new FencedCalls(fence, () => 'q');
    await calls.run(async () => Promise.reject(new ClickHouseError('lost', 0, 'unclear'))).catch(() => {});
    await assert.rejects(calls.settle());
    broken = false;
    await calls.settle();
    assert.deepEqual(fenced, ['q']);
  });
});

describe('the correction of sketches', () => {
  test('leaves what is exact or unbiased and takes off the measured bias', () => {
    for (const fine of [0, 1, 1_000, 50_000, 81_919, 170_000, 3_000_000])
      assert.equal(correctedUsers(fine), fine);
    assert.ok(
      Math.abs(correctedUsers(83_870) / 81_920 - 1) < 0.001,
      'measured: 81,920 persons are said to be 83,870',
    );
    assert.ok(Math.abs(correctedUsers(99_310) / 98_304 - 1) < 0.001, 'and 98,304 to be 99,310');
    let last = 0;
    for (let estimate = 1; estimate < 200_000; estimate += 7) {
      if (estimate > 82_000) assert.ok(correctedUsers(estimate) >= last, `grows at ${estimate}`);
      last = correctedUsers(estimate);
    }
  });
});

describe('the byte writer', () => {
  test('writes integers and lengths of any size', () => {
    const writer = new ByteWriter();
    writer.varint(0);
    writer.varint(127);
    writer.varint(128);
    writer.varint(300_000);
    writer.int64(-1);
    writer.int64(Number.MIN_SAFE_INTEGER);
    assert.equal(writer.bytes().toString('hex'), '007f8001e0a712ffffffffffffffff010000000000e0ff');
  });

  test('writes strings of every length behind their size in bytes', () => {
    for (const text of ['', 'a', 'é'.repeat(41), 'é'.repeat(42), 'é'.repeat(43), '😀'.repeat(70_000)]) {
      const writer = new ByteWriter();
      writer.string(text);
      const bytes = writer.bytes();
      const size = Buffer.byteLength(text);
      assert.equal(bytes.subarray(bytes.length - size).toString(), text);
      assert.equal(bytes.length - size, size < 0x80 ? 1 : size < 0x4000 ? 2 : 3);
    }
  });
});

describe('the engine’s errors', () => {
  test('of an insert become what the writer must do', () => {
    const code = (error: unknown) => writeFailure(error).code;
    assert.equal(code(new ClickHouseError('Code: 117', 117, 'unclear')), 'store_refused');
    assert.equal(code(new ClickHouseError('Code: 241', 241, 'unclear')), 'store_unclear');
    assert.equal(code(new ClickHouseError('ECONNRESET', 0, 'unclear')), 'store_unclear');
    assert.equal(code(new ClickHouseError('ECONNREFUSED', 0, 'refused')), 'store_unavailable');
    assert.equal(code(new RangeError('1.5')), 'store_refused');
  });

  test('of a question name the setting that was reached', () => {
    const budget = { timeMs: 1, memoryBytes: 2, rowsMax: 3 };
    const never = new AbortController().signal;
    for (const [code, expected, setting] of [
      [159, 'over_time', 'MILLRACE_QUESTION_TIME_MS'],
      [160, 'over_time', 'MILLRACE_QUESTION_TIME_MS'],
      [241, 'over_memory', 'MILLRACE_QUESTION_MEMORY_BYTES'],
      [158, 'over_rows', 'MILLRACE_QUESTION_ROWS_MAX'],
      [307, 'over_rows', 'MILLRACE_QUESTION_ROWS_MAX'],
    ] as const) {
      const error = questionFailure(new ClickHouseError('', code, 'unclear'), budget, never);
      assert.ok(isFailure(error, expected));
      assert.ok(error.message.includes(setting));
    }
    const error = questionFailure(new ClickHouseError('', 159, 'unclear'), budget, AbortSignal.abort());
    assert.ok(isFailure(error, 'question_cancelled'));
  });
});
