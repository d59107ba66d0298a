/** What became of an event beside what was sent, so that the rest of it can be kept as the sender wrote it. */

/** New values by field; null: the field is left out. */
export type EventChanges = Readonly<Record<string, unknown>>;

/** A new object; `sent` stays as it is. Changed fields stand behind the others. */
export function applyChanges(
  sent: Readonly<Record<string, unknown>>,
  changes: EventChanges,
): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const name in sent) if (!Object.hasOwn(changes, name)) event[name] = sent[name];
  for (const name in changes) if (changes[name] !== null) event[name] = changes[name];
  return event;
}
