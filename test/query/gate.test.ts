import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { Gate, type Lane } from '../../src/query/gate.ts';

const never = new AbortController().signal;
const lane = (id: string, insideMax = 3, waitingMax = 4): Lane => ({ id, insideMax, waitingMax });

/** A gate whose visitors stay until they are told to leave. */
function openGate(insideMax: number, waitingMax: number) {
  const gate = new Gate(insideMax, waitingMax);
  /** Who came in, in order. */
  const entered: string[] = [];
  const doors = new Map<string, () => void>();
  const come = (name: string, where: Lane, signal = never): Promise<void> =>
    gate.through(
      () => {
        entered.push(name);
        return new Promise((resolve) => doors.set(name, resolve));
      },
      signal,
      where,
    );
  const leave = async (name: string) => {
    doors.get(name)!();
    await new Promise(setImmediate);
  };
  return { gate, entered, come, leave };
}

test('one key fills its own places and its own queue, and others come in beside it', async () => {
  const { gate, entered, come, leave } = openGate(4, 100);
  const many = Array.from({ length: 7 }, (_, i) => come(`a${i}`, lane('a')));
  await assert.rejects(come('a7', lane('a')), (error) => {
    assert.ok(isFailure(error, 'questions_too_many'));
    assert.deepEqual([error.status, error.retryable], [429, true]);
    return true;
  });
  const other = come('b', lane('b'));
  assert.deepEqual(entered, ['a0', 'a1', 'a2', 'b']);
  assert.deepEqual(gate.usage(), { inside: 4, waiting: 4 });
  for (const name of ['b', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6']) await leave(name);
  await Promise.all([...many, other]);
  assert.deepEqual(gate.usage(), { inside: 0, waiting: 0 });
});

test('the next to come in is of the key that has fewest inside, whoever waited longer', async () => {
  const { entered, come, leave } = openGate(3, 100);
  const all = ['a0', 'a1', 'a2', 'a3', 'a4'].map((name) => come(name, lane('a')));
  all.push(come('b0', lane('b')), come('b1', lane('b')), come('c0', lane('c')));
  await leave('a0');
  await leave('a1');
  assert.deepEqual(entered.slice(3), ['b0', 'c0']);
  // one each inside: the one that has not come in for longest
  await leave('a2');
  await leave('b0');
  await leave('c0');
  assert.deepEqual(entered.slice(5), ['a3', 'b1', 'a4']);
  for (const name of ['a3', 'b1', 'a4']) await leave(name);
  await Promise.all(all);
});

test('who is past the bound of all is refused, and so is one more of a key that may not wait', async () => {
  const { come, leave } = openGate(1, 1);
  const first = come('a', lane('a'));
  await assert.rejects(come('b', lane('b', 1, 0)), (error) => isFailure(error, 'questions_too_many'));
  const second = come('c', lane('c'));
  await assert.rejects(come('d', lane('d')), (error) => isFailure(error, 'questions_overloaded'));
  await leave('a');
  await leave('c');
  await Promise.all([first, second]);
});

test('who leaves while waiting gives the place in the queue back, and never comes in', async () => {
  const { gate, entered, come, leave } = openGate(1, 10);
  const first = come('a', lane('a'));
  const leaver = new AbortController();
  const waiting = come('b', lane('b', 1, 1), leaver.signal);
  await assert.rejects(come('b1', lane('b', 1, 1)), (error) => isFailure(error, 'questions_too_many'));
  leaver.abort();
  await assert.rejects(waiting, (error) => isFailure(error, 'question_cancelled'));
  const next = come('b2', lane('b', 1, 1));
  await leave('a');
  await leave('b2');
  await Promise.all([first, next]);
  assert.deepEqual(entered, ['a', 'b2']);
  assert.deepEqual(gate.usage(), { inside: 0, waiting: 0 });
});

test('a question that fails leaves as one that is answered does', async () => {
  const { gate, come, leave } = openGate(1, 1);
  const failing = gate.through(() => Promise.reject(new Error('no')), never, lane('a'));
  const next = come('b', lane('b'));
  await assert.rejects(failing, /no/);
  await leave('b');
  await next;
  assert.deepEqual(gate.usage(), { inside: 0, waiting: 0 });
});
