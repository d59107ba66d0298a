/** A question in an address: its plan as JSON, so that a link is the question; beside it how it is shown, and which saved one it is of. */
import type { PlanInput } from '../api/questions.ts';
import type { Search } from '../state/view.ts';
import type { View } from './kind.ts';

export type Form = 'chart' | 'table';

interface Shown {
  readonly form?: Form;
  readonly view?: View;
  /** The id of the saved question that this one is, or began as. */
  readonly question?: string;
}

/** What of it is a link to /p/$project/explore, for `<Link search>` (typed as the router wants it). */
export function exploreSearch(plan: PlanInput | undefined, shown: Shown = {}): Search {
  const { form, view, question } = shown;
  const ways = Object.entries(view ?? {}).map(([name, value]) => `${name}:${value}`);
  return {
    ...(question !== undefined && { question }),
    ...(plan !== undefined && { plan: JSON.stringify(plan) }),
    ...(form === 'table' && { form }),
    ...(ways.length > 0 && { view: ways }),
  };
}

export type InAddress =
  | { readonly kind: 'plan'; readonly plan: PlanInput }
  | { readonly kind: 'none' }
  /** What stands there is no plan; `text` is what stands there. */
  | { readonly kind: 'broken'; readonly why: string; readonly text: string };

const first = (value: Search[string]) => (typeof value === 'string' ? value : value?.[0]);

export function planInAddress(search: Search): InAddress {
  const text = first(search.plan);
  if (text === undefined || text === '') return { kind: 'none' };
  try {
    const plan: unknown = JSON.parse(text);
    if (typeof plan !== 'object' || plan === null || Array.isArray(plan))
      return { kind: 'broken', text, why: 'A question is an object with a kind.' };
    if (typeof (plan as PlanInput).kind !== 'string')
      return { kind: 'broken', text, why: 'It names no kind of question.' };
    return { kind: 'plan', plan: plan as PlanInput };
  } catch (error) {
    return { kind: 'broken', text, why: `It is not JSON: ${(error as Error).message}` };
  }
}

export const formInAddress = (search: Search): Form => (first(search.form) === 'table' ? 'table' : 'chart');
export const questionInAddress = (search: Search): string | undefined => first(search.question);

export function viewInAddress(search: Search): View {
  const given =
    search.view === undefined ? [] : typeof search.view === 'string' ? [search.view] : search.view;
  return Object.fromEntries(
    given.flatMap((each) => {
      const at = each.indexOf(':');
      return at > 0 ? [[each.slice(0, at), each.slice(at + 1)]] : [];
    }),
  );
}
