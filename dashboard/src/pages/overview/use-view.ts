/** The view of the address bar, and how a part of the page changes it. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { type Search, searchOf, type View, viewOf } from '../../state/view.ts';

/** `isSlight`: does not make a step to go back to. */
export type ChangeView = (next: Partial<View>, isSlight?: boolean) => void;

export function useView(): readonly [View, ChangeView] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const view = useMemo(() => viewOf(search), [search]);
  const change = useCallback<ChangeView>(
    (next, isSlight = false) => {
      void navigate({
        to: '.',
        search: ((given: Search) => searchOf({ ...viewOf(given), ...next })) as never,
        replace: isSlight,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [view, change];
}
