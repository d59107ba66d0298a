/** Which saved things name which others, read out of their bodies: a segment in a question, a question on a board. */
import { type QuestionBody, type Saved, type SavedKind, useSaved } from '../../api/saved.ts';
import type { NameOfSaved } from '../../explore/filters/filter-words.ts';

export interface Use {
  readonly kind: SavedKind;
  readonly id: string;
  readonly name: string;
}

type Members = Readonly<Record<string, unknown>>;
type Holder = readonly [kind: SavedKind, all: readonly Saved<unknown>[]];
const namedKinds = ['segment', 'cohort', 'goal', 'question'] as const;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By kind and id of what is named. */
export function usesIn(holders: readonly Holder[]): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  for (const [kind, all] of holders)
    for (const { id, name, body } of all)
      for (const named of new Set(namesIn(body)))
        uses.set(named, [...(uses.get(named) ?? []), { kind, id, name }]);
  return uses;
}

export const placeOf = (kind: SavedKind, id: string) => `${kind} ${id}`;

/** `own`: segments that a plan brings along, which are not the saved ones. */
function* namesIn(value: unknown, own: Members = {}): Generator<string> {
  if (Array.isArray(value)) for (const each of value) yield* namesIn(each, own);
  if (!isObject(value)) return;
  const inner = isObject(value.segments) ? value.segments : own;
  for (const kind of namedKinds) {
    const id = value[kind];
    if (typeof id === 'string' && !(kind === 'segment' && id in inner)) yield placeOf(kind, id);
  }
  for (const each of Object.values(value)) yield* namesIn(each, inner);
}

interface Everything {
  readonly usesOf: (kind: SavedKind, id: string) => readonly Use[];
  readonly nameOf: NameOfSaved;
}

export function useUses(project: string): Everything {
  const lists: Readonly<
    Record<'segment' | 'cohort' | 'goal' | 'question' | 'dashboard', readonly Saved<unknown>[] | undefined>
  > = {
    segment: useSaved(project, 'segment').data,
    cohort: useSaved(project, 'cohort').data,
    goal: useSaved(project, 'goal').data,
    question: useSaved<QuestionBody>(project, 'question').data,
    dashboard: useSaved(project, 'dashboard').data,
  };
  const holders = Object.entries(lists).map(([kind, all]) => [kind as SavedKind, all ?? []] as const);
  const uses = usesIn(holders);
  return {
    usesOf: (kind, id) => uses.get(placeOf(kind, id)) ?? [],
    nameOf: (kind, id) => lists[kind]?.find((each) => each.id === id)?.name,
  };
}
