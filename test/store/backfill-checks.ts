/** Rows that came without their variants, and whether they are as they should be once they are filled. */
import assert from 'node:assert/strict';
import type { EventRow } from '../../src/event/event-row.ts';
import type { BackfillStep, BackfillTask, Store } from '../../src/store/store.ts';
import { wideBudget } from '../../src/testing/agreement.ts';
import { eventRow, insertRows } from '../../src/testing/rows.ts';

export const project = 'p';
const begin = Date.UTC(2026, 0, 30);
const dayMs = 86_400_000;
const tooLong = 'v'.repeat(201);

export const task: BackfillTask = {
  fields: [
    { field: 'experimentId', paths: ['experiment'], charactersMax: 200 },
    { field: 'variantKey', paths: ['ab.variant', 'variant'], charactersMax: 200 },
  ],
  project,
  dryRun: false,
};

/** Of three months; what each becomes is in `wanted`. */
const kinds: readonly (readonly [
  Partial<EventRow>,
  wanted: readonly [experiment: string, variant: string],
])[] = [
  [{ properties: { experiment: 'x', ab: { variant: 'a' }, variant: 'b' } }, ['x', 'a']],
  [{ properties: { experiment: 'x', ab: { variant: 1 }, variant: "it's" } }, ['x', "it's"]],
  [{ properties: { experiment: 'y', variant: 'b' }, experimentId: 'x', variantKey: 'ü' }, ['x', 'ü']],
  [{ properties: { experiment: '', variant: tooLong } }, ['', '']],
  [{ properties: { variant: ['a'] }, amount: 12_500n, currency: 'EUR' }, ['', '']],
];

export async function insertUnfilled(store: Store, rowsOfKind = 20): Promise<void> {
  const rows = Array.from({ length: rowsOfKind * kinds.length }, (_, offset) =>
    eventRow({
      project: offset % 11 === 0 ? 'other' : project,
      offset,
      timestamp: begin + (offset % 29) * dayMs,
      personKey: BigInt(offset % 7),
      type: 'EXPOSURE',
      ...kinds[offset % kinds.length]![0],
    }),
  );
  await insertRows(store, 0, rows);
}

/** All steps of a task, from the beginning. */
export async function allSteps(store: Store, given: BackfillTask = task): Promise<readonly BackfillStep[]> {
  const steps: BackfillStep[] = [];
  let after: string | undefined;
  do {
    const step = await store.backfill!({ ...given, ...(after !== undefined && { after }) });
    steps.push(step);
    after = step.next;
  } while (after !== undefined);
  return steps;
}

export const eventsOf = (steps: readonly BackfillStep[]): number =>
  steps.reduce((sum, { events }) => sum + events, 0);

export async function assertFilled(store: Store): Promise<void> {
  for (const name of [project, 'other']) {
    const scope = {
      version: 1,
      project: name,
      from: 0,
      to: Date.UTC(2030, 0),
      timeZone: 'UTC',
      bots: 'include',
    } as const;
    const signal = new AbortController().signal;
    for await (const rows of store.events({ scope, order: 'asc' }, wideBudget, signal))
      for (const { offset, experimentId, variantKey } of rows) {
        const [given, wanted] = kinds[offset % kinds.length]!;
        const own = name === project ? wanted : [given.experimentId ?? '', given.variantKey ?? ''];
        assert.deepEqual([experimentId, variantKey], own, `event ${offset} of ${name}`);
      }
  }
  assert.deepEqual(await store.verifyRollups(), []);
}
