/** Persons as clients see them. */
import type { UserPlan, UsersPlan } from '../../plan/analysis.ts';
import { invalid } from '../../plan/check.ts';
import type { Scope } from '../../plan/plan.ts';
import type { PersonRow } from '../../store/analyses.ts';
import type { PeopleData, PersonData } from '../wire.ts';
import type { AnalysisParts, AnalysisResult } from './analysis-parts.ts';

/** In the order of the keys. Over all their events in the range, whatever the question filters. */
export async function namesOf(
  { analyses, budget, signal }: AnalysisParts,
  { filter: _, sample: __, ...scope }: Scope,
  keys: readonly bigint[],
): Promise<readonly PersonData[]> {
  if (keys.length === 0) return [];
  const question = {
    scope: { ...scope, bots: 'include' },
    order: 'lastSeen',
    limit: keys.length,
    keys,
  } as const;
  const rows = new Map((await analyses.people(question, budget, signal)).map((row) => [row.key, row]));
  return keys.flatMap((key) => {
    const row = rows.get(key);
    return row === undefined ? [] : [personData(row)];
  });
}

export async function askUsers(plan: UsersPlan, parts: AnalysisParts): Promise<AnalysisResult<PeopleData>> {
  const { analyses, budget, signal } = parts;
  const { order, limit } = plan;
  const after = plan.after === undefined ? {} : { after: cursorOf(plan.after) };
  const rows = await analyses.people({ scope: plan, order, limit: limit + 1, ...after }, budget, signal);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: {
      kind: 'people',
      people: shown.map(personData),
      ...(rows.length > limit && last && { next: `${last[order]}.${last.key}` }),
    },
    rowsRead: rows.reduce((sum, { events }) => sum + events, 0),
  };
}

function cursorOf(text: string): { readonly value: number; readonly key: bigint } {
  const [, value, key] = /^(-?\d{1,16})\.(\d{1,20})$/.exec(text) ?? [];
  if (key === undefined) throw invalid('/after', 'must be the `next` of the page before', text);
  return { value: Number(value), key: BigInt(key) };
}

/** The person behind an id, over all ids that are theirs; undefined when there is no such event. */
export async function personOf(plan: UserPlan, parts: AnalysisParts): Promise<PersonRow | undefined> {
  const { analyses, budget, signal } = parts;
  const key = await analyses.person(plan.project, plan.person);
  const { filter: _, sample: __, ...scope } = plan;
  const [row] = await analyses.people({ scope, order: 'lastSeen', limit: 1, keys: [key] }, budget, signal);
  return row;
}

export function personData({ key, firstSeen, lastSeen, events, userId, anonymousId }: PersonRow): PersonData {
  return {
    key: String(key),
    ...(userId !== '' && { userId }),
    ...(anonymousId !== '' && { anonymousId }),
    firstSeen: new Date(firstSeen).toISOString(),
    lastSeen: new Date(lastSeen).toISOString(),
    events,
  };
}
