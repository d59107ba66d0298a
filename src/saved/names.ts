/**
 * Plans may name what is saved: `{"segment": "id"}` and `{"goal": "id"}` where a filter stands, `{"cohort": "id"}` in one, and
 * `{"goal": "id"}` as a step of a funnel. Here the names become what they stand for, before the plan is checked and looked up
 * in the cache, so that equal questions stay equal data however they were written. The plan's own `segments` come first.
 */
import type { Saved, SavedKind, SavedThings } from '../catalog/saved.ts';
import { below, invalid } from '../plan/check.ts';
import { suggest } from '../plan/suggest.ts';

type Named = Extract<SavedKind, 'segment' | 'cohort' | 'goal'>;
type Members = Readonly<Record<string, unknown>>;

interface Reference {
  readonly kind: Named;
  readonly id: string;
  readonly pointer: string;
}

/** A saved thing that was looked for; undefined: not yet. */
type Find = (reference: Reference) => Saved | undefined;

/** Names in one plan, those within what is named too. */
const namesMax = 200;
/** Deeper than filters may be nested; what is below is left as it is, and refused by the plan's own check. */
const depthMax = 40;
/** Ids among which the one that was meant is looked for. */
const suggestionsMax = 1_000;
/** No id is as long. */
const idLengthMax = 200;

export class SavedNames {
  readonly #saved: Pick<SavedThings, 'get' | 'list'>;

  constructor(saved: Pick<SavedThings, 'get' | 'list'>) {
    this.#saved = saved;
  }

  /**
   * The plan with its names replaced; the plan itself when it has none. What is no plan comes back as it is. Errors: plan_invalid for a
   * name that there is not, with its pointer; catalog_unavailable.
   */
  readonly resolve = async (plan: unknown, project: string): Promise<unknown> => {
    const loaded = new Map<string, Saved>();
    for (;;) {
      const missing: Reference[] = [];
      const rewriting = new Rewriting((reference) => {
        const found = loaded.get(keyOf(reference));
        if (found === undefined) missing.push(reference);
        return found;
      });
      const rewritten = rewriting.plan(plan);
      if (missing.length === 0) return rewriting.names === 0 ? plan : rewritten;
      for (const reference of missing) loaded.set(keyOf(reference), await this.#load(reference, project));
    }
  };

  async #load({ kind, id, pointer }: Reference, project: string): Promise<Saved> {
    const found = id.length > idLengthMax ? undefined : await this.#saved.get({ project, kind, id });
    if (found !== undefined) return found;
    const all = await this.#saved.list({ project, kind, limit: suggestionsMax });
    const meant = suggest(
      id,
      all.map((each) => each.id),
    );
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    throw invalid(pointer, `must be the id of a saved ${kind}${hint}`, id);
  }
}

const keyOf = ({ kind, id }: Reference): string => `${kind} ${id}`;

/** One pass over a plan as it was sent. */
class Rewriting {
  readonly #find: Find;
  /** Keys of what is being replaced now, from the outside in. */
  readonly #within: string[] = [];
  #own: ReadonlySet<string> = new Set();
  names = 0;

  constructor(find: Find) {
    this.#find = find;
  }

  plan(plan: unknown): unknown {
    if (!isObject(plan)) return plan;
    this.#own = new Set(isObject(plan.segments) ? Object.keys(plan.segments) : []);
    const changed: Record<string, unknown> = { ...plan };
    for (const name of ['filter', 'start', 'return'])
      if (name in plan) changed[name] = this.#filter(plan[name], `/${name}`, 0);
    for (const name of ['series', 'exclude', 'steps'])
      if (Array.isArray(plan[name]))
        changed[name] = plan[name].map((each, i) => this.#member(each, below(`/${name}`, i), name));
    if (isObject(plan.segments))
      changed.segments = mapped(plan.segments, (filter, name) =>
        this.#filter(filter, below('/segments', name), 0),
      );
    return changed;
  }

  /** A series, an exclusion or a step: what has a filter. */
  #member(value: unknown, pointer: string, list: string): unknown {
    if (!isObject(value)) return value;
    if (list === 'steps' && typeof value.goal === 'string' && value.filter === undefined) {
      const { goal: id, ...step } = value;
      const goal = { kind: 'goal', id: value.goal, pointer: below(pointer, 'goal') } as const;
      const filter = this.#replaced(goal, 0);
      if (filter === undefined) return value;
      return { name: this.#find(goal)?.name, ...step, filter };
    }
    if (!('filter' in value)) return value;
    return { ...value, filter: this.#filter(value.filter, below(pointer, 'filter'), 0) };
  }

  #filter(value: unknown, pointer: string, depth: number): unknown {
    if (!isObject(value) || depth > depthMax) return value;
    for (const name of ['and', 'or']) {
      const parts = value[name];
      if (!Array.isArray(parts)) continue;
      const at = below(pointer, name);
      return { ...value, [name]: parts.map((each, i) => this.#filter(each, below(at, i), depth + 1)) };
    }
    if (value.not !== undefined)
      return { ...value, not: this.#filter(value.not, below(pointer, 'not'), depth + 1) };
    for (const kind of ['segment', 'goal', 'cohort'] as const) {
      const id = value[kind];
      if (typeof id !== 'string') continue;
      if (kind === 'segment' && this.#own.has(id) && this.#within.length === 0) return value;
      // beside another member it is refused as it stands
      if (Object.keys(value).length > 1) return value;
      return this.#replaced({ kind, id, pointer: below(pointer, kind) }, depth) ?? value;
    }
    if (!isObject(value.cohort)) return value;
    const at = below(below(pointer, 'cohort'), 'filter');
    return {
      ...value,
      cohort: { ...value.cohort, filter: this.#filter(value.cohort.filter, at, depth + 1) },
    };
  }

  /** The filter that the name stands for; undefined when it was not looked for yet. */
  #replaced(reference: Reference, depth: number): unknown {
    const { kind, id, pointer } = reference;
    const key = keyOf(reference);
    if (this.#within.includes(key))
      throw invalid(pointer, `must not name a ${kind} that names itself, by others or not`, id);
    if (++this.names > namesMax)
      throw invalid(pointer, `is past the ${namesMax} names that a plan may have`, id);
    const found = this.#find(reference);
    if (found === undefined) return undefined;
    this.#within.push(key);
    const filter = this.#filter(found.body.filter, pointer, depth + 1);
    this.#within.pop();
    if (kind !== 'cohort') return filter;
    const { description: _, ...condition } = found.body;
    return { cohort: { ...condition, filter } };
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapped(members: Members, change: (value: unknown, name: string) => unknown): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value, name)]));
}
