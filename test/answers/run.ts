/** Asks the hand-written questions of any store, through the query stage, and compares with the hand-written answers. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MemoryCache } from '../../src/cache/memory/memory-cache.ts';
import type { EventRow } from '../../src/event/event-row.ts';
import { type Hasher, openHasher } from '../../src/event/hasher.ts';
import { Query } from '../../src/query/query.ts';
import type { Store } from '../../src/store/store.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { eventRow, insertRows } from '../../src/testing/rows.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import type { AnswerSet, GivenEvent } from './answer-set.ts';
import { breakdowns } from './breakdowns.ts';
import { combined } from './combined.ts';
import { counting } from './counting.ts';
import { events } from './events.ts';
import { filters } from './filters.ts';
import { funnels } from './funnels.ts';
import { groups } from './groups.ts';
import { money } from './money.ts';
import { oddText } from './odd-text.ts';
import { paths } from './paths.ts';
import { people } from './people.ts';
import { retention } from './retention.ts';
import { sessions } from './sessions.ts';
import { asExpected } from './shown.ts';
import { berlin, halfHours, samoa, weeksAndMonths } from './time-zones.ts';

export const answerSets: readonly AnswerSet[] = [
  counting,
  filters,
  oddText,
  groups,
  money,
  berlin,
  halfHours,
  samoa,
  weeksAndMonths,
  breakdowns,
  events,
  ...funnels,
  ...retention,
  ...paths,
  ...sessions,
  ...people,
  ...combined,
];

export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** Long after every event, so that each whole bucket is over. */
const now = Date.UTC(2026, 0, 1);

/** Runs all sets over one store; each set has a project of its own. */
export function answersSuite(name: string, open: () => Promise<OpenedStore>): void {
  describe(`answers of ${name}`, () => {
    let opened: OpenedStore;
    before(async () => {
      opened = await open();
      const hasher = await openHasher();
      const rows = new Map<number, EventRow[]>();
      for (const [i, { events, partition = 0 }] of answerSets.entries()) {
        const own = rows.get(partition) ?? [];
        rows.set(partition, own);
        for (const event of events) own.push(rowOf(event, hasher, projectOf(i), partition, own.length));
      }
      for (const [partition, own] of rows) await insertRows(opened.store, partition, own);
    });
    after(() => opened.close());

    for (const [i, { about, question, cases }] of answerSets.entries()) {
      describe(about, () => {
        for (const one of cases) {
          test(one.name, async () => {
            const clock = new TestClock(now);
            const cache = new MemoryCache({ clock, bytesMax: 0 });
            const query = new Query({ store: opened.store, cache, clock, telemetry: new Telemetry() });
            const answer = await query.ask({ ...question, ...one.question }, { project: projectOf(i) });
            assert.deepEqual(...asExpected(answer, one.answer));
          });
        }
      });
    }
  });
}

const projectOf = (set: number): string => `answers-${set}`;

function rowOf(
  { at, amount, ...fields }: GivenEvent,
  hasher: Hasher,
  project: string,
  partition: number,
  offset: number,
): EventRow {
  const person = fields.userId ?? fields.anonymousId;
  return eventRow({
    partition,
    offset,
    project,
    timestamp: Date.parse(at),
    personKey: person === undefined ? 0n : hasher.hash64(person),
    amount: amount === undefined ? null : tenThousandths(amount),
    ...fields,
  });
}

function tenThousandths(amount: string): bigint {
  const [whole, fraction = ''] = amount.split('.') as [string, string?];
  return BigInt(whole + fraction.padEnd(4, '0'));
}
