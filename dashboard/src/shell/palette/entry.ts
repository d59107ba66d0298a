/** What the palette offers, and which of it fits what was typed. */
import type { LucideIcon } from 'lucide-react';
import { fit, plain } from './fuzzy.ts';

export interface Entry {
  /** Unique; recent choices are kept by it. */
  readonly id: string;
  readonly label: string;
  /** What it is, beside the label. */
  readonly kind: string;
  readonly Icon: LucideIcon;
  readonly run: () => void;
  /** By which it is found too. */
  readonly words?: string;
  /** Shown before anything is typed, under its kind. */
  readonly isFirst?: boolean;
  /** A setting of the moment: not kept as recent. */
  readonly isPassing?: boolean;
  readonly isChosen?: boolean;
}

export interface EntryGroup {
  readonly label: string;
  readonly entries: readonly Entry[];
}

const shownMax = 40;
/** Words beside the name count less than the name. */
const wordsShare = 0.5;
const recentScore = 5;

/** Before anything is typed: what was chosen lately, then where one can go. */
export function firstGroups(entries: readonly Entry[], recent: readonly string[]): readonly EntryGroup[] {
  const known = new Map(entries.map((entry) => [entry.id, entry]));
  const lately = recent.flatMap((id) => known.get(id) ?? []);
  const groups = new Map<string, Entry[]>();
  for (const entry of entries)
    if (entry.isFirst && !lately.includes(entry))
      groups.set(entry.kind, [...(groups.get(entry.kind) ?? []), entry]);
  return [
    ...(lately.length === 0 ? [] : [{ label: 'Recent', entries: lately }]),
    ...Array.from(groups, ([label, found]) => ({ label, entries: found })),
  ];
}

/** The best first. */
export function found(entries: readonly Entry[], typed: string, recent: readonly string[]): readonly Entry[] {
  const wanted = plain(typed);
  return entries
    .flatMap((entry) => {
      const score = scoreOf(entry, wanted);
      if (score === undefined) return [];
      return [{ entry, score: score + (recent.includes(entry.id) ? recentScore : 0) }];
    })
    .toSorted((a, b) => b.score - a.score)
    .slice(0, shownMax)
    .map(({ entry }) => entry);
}

function scoreOf({ label, kind, words = '' }: Entry, wanted: string): number | undefined {
  const byName = fit(wanted, plain(label));
  if (byName !== undefined) return byName;
  const byAll = fit(wanted, plain(`${label} ${kind} ${words}`), true);
  return byAll === undefined ? undefined : byAll * wordsShare;
}
