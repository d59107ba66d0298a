/**
 * The question of the page. The address is what is asked; the editor may be a moment ahead of it while one types. A slight edit takes the place
 * of the one before, a new kind or a zoom is a step to go back to.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { PlanInput } from '../../api/questions.ts';
import { type QuestionBody, type Saved, useSavedOne } from '../../api/saved.ts';
import { browserZone } from '../../format/dates.ts';
import type { Search } from '../../state/view.ts';
import type { View } from '../kind.ts';
import { kinds } from '../kinds.ts';
import {
  exploreSearch,
  type Form,
  formInAddress,
  type InAddress,
  planInAddress,
  questionInAddress,
  viewInAddress,
} from '../question-link.ts';

const typingMs = 350;
const beginning = kinds[0]!.start({ range: '30d', timeZone: browserZone });

export interface Asked {
  /** In the editor; asked a moment later. */
  readonly plan: PlanInput;
  /** In the address. */
  readonly asked: PlanInput;
  readonly form: Form;
  readonly view: View;
  readonly broken: Extract<InAddress, { kind: 'broken' }> | undefined;
  /** The saved question that this is, or began as. */
  readonly saved: Saved<QuestionBody> | undefined;
  readonly savedError: Error | null;
  readonly isWaiting: boolean;
  /** It differs from the saved one. */
  readonly isChanged: boolean;
  /** `isStep`: one can go back from it. */
  readonly ask: (plan: PlanInput, isStep?: boolean) => void;
  readonly show: (change: { form?: Form; view?: View }) => void;
  /** Leaves the saved question. */
  readonly startAnew: () => void;
  /** It is this saved question now. */
  readonly keepAs: (id: string) => void;
}

export function useAsked(project: string): Asked {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const question = questionInAddress(search);
  const {
    data: saved,
    error: savedError,
    isPending,
  } = useSavedOne<QuestionBody>(project, 'question', question);
  const inAddress = useMemo(() => planInAddress(search), [search]);
  const asked = useStable(inAddress.kind === 'plan' ? inAddress.plan : (saved?.body.plan ?? beginning));
  const ownView = useStable(viewInAddress(search));
  const view = useMemo(() => ({ ...viewOfSaved(saved), ...ownView }), [saved, ownView]);
  const [plan, setPlan] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // what comes back out of the address may be older than what was typed since
  const written = useRef(JSON.stringify(asked));
  useEffect(() => {
    const text = JSON.stringify(asked);
    if (text === written.current) return;
    written.current = text;
    clearTimeout(timer.current);
    setPlan(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const form =
    search.form === undefined && saved?.body.view?.form === 'table' ? 'table' : formInAddress(search);
  const go = useCallback(
    (next: (before: Search) => Search, isStep: boolean) =>
      void navigate({ to: '.', search: next as never, replace: !isStep, resetScroll: false }),
    [navigate],
  );
  const ask = useCallback(
    (next: PlanInput, isStep = false) => {
      setPlan(next);
      clearTimeout(timer.current);
      const write = () => {
        written.current = JSON.stringify(next);
        go((before) => ({ ...before, plan: JSON.stringify(next) }), isStep);
      };
      if (isStep) write();
      else timer.current = setTimeout(write, typingMs);
    },
    [go],
  );
  return {
    plan,
    asked,
    form,
    view,
    broken: inAddress.kind === 'broken' ? inAddress : undefined,
    saved,
    // with a plan beside it there is a question all the same
    savedError: question === undefined || inAddress.kind === 'plan' ? null : savedError,
    isWaiting: question !== undefined && isPending && inAddress.kind !== 'plan',
    isChanged: saved !== undefined && JSON.stringify(asked) !== JSON.stringify(saved.body.plan),
    ask,
    show: (change) =>
      go(
        (before) => ({
          ...before,
          ...(change.form !== undefined && { form: change.form }),
          ...(change.view !== undefined && { view: exploreSearch(undefined, { view: change.view }).view }),
        }),
        false,
      ),
    startAnew: () => go(() => ({}), true),
    keepAs: (id) =>
      go(
        (before) =>
          exploreSearch(undefined, {
            question: id,
            form: formInAddress(before),
            view: viewInAddress(before),
          }),
        false,
      ),
  };
}

/** Views of saved questions may hold what these pages do not know. */
function viewOfSaved(saved: Saved<QuestionBody> | undefined): View {
  const all = Object.entries(saved?.body.view ?? {});
  return Object.fromEntries(all.filter((each): each is [string, string] => typeof each[1] === 'string'));
}

/** The same object as long as it says the same. */
function useStable<T>(value: T): T {
  const text = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is all of it
  return useMemo(() => value, [text]);
}
