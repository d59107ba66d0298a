import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../src/cli/context.ts';
import { budgetText, limitsOf } from '../../src/cli/key-budget.ts';

test('a budget is written in words with units, and told as it was written', () => {
  const given = ['time=10s', 'memory=100MB', 'rows=50M', 'concurrent=2', 'waiting=0'];
  const limits = limitsOf(given);
  assert.deepEqual(limits, {
    timeMs: 10_000,
    memoryBytes: 100_000_000,
    rowsMax: 50_000_000,
    concurrencyMax: 2,
    waitingMax: 0,
  });
  assert.equal(budgetText(limits), given.join(' '));
  assert.equal(budgetText({ timeMs: 1_500, memoryBytes: 64 * 1024 ** 2 }), 'time=1500ms memory=64MiB');
  assert.equal(budgetText(), '');
});

test('what is no limit is refused with what there is', () => {
  for (const wrong of [
    'time',
    'time=',
    'time=-1s',
    'time=10',
    'tme=10s',
    'rows=10s',
    'constructor=1',
    'rows=1toString',
  ])
    assert.throws(
      () => limitsOf([wrong]),
      (error) => error instanceof UsageError && /it takes time=10s/.test(error.message),
      wrong,
    );
});
