/** What a list looks at, as it stands in the address bar: a link shows the same list. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { PlanInput } from '../../api/questions.ts';
import { browserZone } from '../../format/dates.ts';
import { type Search, scopeOf, type View, viewOf } from '../../state/view.ts';
import { filterOf, type PlanFilter } from './filters.ts';

/** `isSlight`: does not make a step to go back to. */
export type ChangeSearch = (next: Search, isSlight?: boolean) => void;

export interface ListSearch {
  readonly search: Search;
  /** The range and the zone of it; filters are apart. */
  readonly view: View;
  readonly filter: PlanFilter | undefined;
  /** Range and zone as a plan has them. */
  readonly scope: Readonly<Record<string, unknown>>;
}

export const oneOf = (value: Search[string]): string | undefined =>
  typeof value === 'string' ? value : value?.[0];
export const allOf = (value: Search[string]): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

const dayMs = 86_400_000;

/** What a range that was picked is in the address, where both days are included. */
export function rangeSearch({ range, from, to, timeZone }: PlanInput): Search {
  const isNamed = typeof range === 'string';
  return {
    range: isNamed ? range : undefined,
    from: isNamed ? undefined : String(from),
    to: isNamed ? undefined : new Date(Date.parse(String(to)) - dayMs).toISOString().slice(0, 10),
    zone: timeZone === browserZone ? undefined : String(timeZone),
  };
}

export function useListSearch(rangeWithout = '30d'): readonly [ListSearch, ChangeSearch] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const list = useMemo(() => {
    const { range = rangeWithout, from, to, zone } = search;
    const view = viewOf({ range, from, to, zone });
    return { search, view, filter: filterOf(search.filter), scope: scopeOf(view) };
  }, [search, rangeWithout]);
  const change = useCallback<ChangeSearch>(
    (next, isSlight = false) => {
      void navigate({
        to: '.',
        search: ((given: Search) => ({ ...given, ...next })) as never,
        replace: isSlight,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [list, change];
}
