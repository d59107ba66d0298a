/**
 * Which session each event belongs to: the one that it names; else, for events of a person, those with no pause of more than
 * 30 minutes between two of them, whatever else the question asks. Events of nobody that name no session have none.
 */
import type { EventRow } from '../../event/event-row.ts';
import { sessionGapMs } from '../../plan/analysis.ts';
import { comparePositions } from '../../plan/position.ts';

/** `rows`: all events of the range, bots as asked, before any filter. Undefined: it has no session. */
export function sessionsOf(rows: readonly EventRow[]): (row: EventRow) => string | undefined {
  const sessions = new Map<EventRow, string>();
  const unnamed = rows.filter((row) => row.sessionId === '' && row.personKey !== 0n);
  for (const [person, own] of Map.groupBy(unnamed, (row) => row.personKey)) {
    let number = 0;
    let before = Number.NEGATIVE_INFINITY;
    for (const row of own.toSorted(comparePositions)) {
      if (row.timestamp - before > sessionGapMs) number++;
      sessions.set(row, `person ${person} ${number}`);
      before = row.timestamp;
    }
  }
  return (row) => (row.sessionId === '' ? sessions.get(row) : `named ${row.sessionId}`);
}
