import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../../src/store/memory/memory-store.ts';
import type { Budget, Cell, Question, Rows } from '../../../src/store/store.ts';
import { checkAgainstEvaluator } from '../../../src/testing/agreement.ts';

/** A store with one fault in its answers. */
class FaultyStore extends MemoryStore {
  readonly #fault: (cells: readonly Cell[], question: Question) => readonly Cell[];

  constructor(fault: (cells: readonly Cell[], question: Question) => readonly Cell[]) {
    super();
    this.#fault = fault;
  }

  override async run(question: Question, budget: Budget, signal: AbortSignal): Promise<Rows> {
    const rows = await super.run(question, budget, signal);
    return { ...rows, cells: this.#fault(rows.cells, question) };
  }
}

const faults: Record<string, (cells: readonly Cell[], question: Question) => readonly Cell[]> = {
  'counts one event too many': (cells) =>
    cells.map((cell, i) => (i === 0 ? { ...cell, events: cell.events + 1 } : cell)),
  'takes nobody for a person': (cells) =>
    cells.map((cell) => (cell.users === 0 ? { ...cell, users: 1 } : cell)),
  'loses the rest past the limit': (cells) => cells.filter((cell) => cell.group.kind !== 'other'),
  'orders groups otherwise': (cells) => [...cells].reverse(),
  'mixes currencies': (cells) => cells.map((cell) => ({ ...cell, amounts: cell.amounts.slice(0, 1) })),
  'puts the last bucket one later': (cells, { edges }) =>
    cells.map((cell) =>
      cell.bucket === edges.length - 2 && cell.bucket > 0 ? { ...cell, bucket: cell.bucket - 1 } : cell,
    ),
};

for (const [name, fault] of Object.entries(faults)) {
  test(`a store that ${name} is found out, with the plan, the rows and the seed`, async () => {
    const store = new FaultyStore(fault);
    await assert.rejects(
      checkAgainstEvaluator(store, { worlds: 100, seed: 1, shrink: false, links: false }),
      (error) => {
        assert.ok(error instanceof Error);
        for (const part of [/seed: 1, path: '/, /- evaluator, \+ store|order/, /plan \[/, /rows \(\d+\)/]) {
          assert.match(error.message, part);
        }
        return true;
      },
    );
    await store.close();
  });
}
