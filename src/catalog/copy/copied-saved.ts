/**
 * What people keep, read from the catalog, and from the copy of it while it is away, so that questions that name a segment are
 * answered on. The copy is followed by its version; what is too large for it is left out of it, the largest first.
 */
import type { Catalog } from '../catalog.ts';
import {
  type Saved,
  type SavedChange,
  type SavedPlace,
  type SavedQuery,
  type SavedThings,
  savedKinds,
} from '../saved.ts';

/** How `CopiedCatalog` reaches the real one and its copy. */
export interface CopiedReads {
  read<T>(
    fromReal: (real: Catalog) => Promise<T>,
    fromCopy: (copy: { readonly saved: readonly Saved[]; readonly savedVersion: string }) => T,
  ): Promise<T>;
  change<T>(work: (real: Catalog) => Promise<T>): Promise<T>;
}

/** Of all bodies in the copy together, as JSON. */
const copiedCharactersMax = 16 * 1024 * 1024;
const pageMax = 200;

export class CopiedSaved implements SavedThings {
  readonly #reads: CopiedReads;

  constructor(reads: CopiedReads) {
    this.#reads = reads;
  }

  version(): Promise<string> {
    return this.#reads.read(
      (real) => real.saved.version(),
      (copy) => copy.savedVersion,
    );
  }

  list(query: SavedQuery): Promise<readonly Saved[]> {
    return this.#reads.read(
      (real) => real.saved.list(query),
      (copy) => pageOf(copy.saved, query),
    );
  }

  get(place: SavedPlace): Promise<Saved | undefined> {
    return this.#reads.read(
      (real) => real.saved.get(place),
      (copy) => copy.saved.find((each) => isAt(each, place) && each.id === place.id),
    );
  }

  create(saved: Saved, countMax: number): Promise<void> {
    return this.#reads.change((real) => real.saved.create(saved, countMax));
  }

  replace(change: SavedChange, expected?: number): Promise<Saved> {
    return this.#reads.change((real) => real.saved.replace(change, expected));
  }

  remove(place: SavedPlace, expected?: number): Promise<void> {
    return this.#reads.change((real) => real.saved.remove(place, expected));
  }
}

/** All of it, for the copy. */
export async function savedForCopy(
  catalog: Catalog,
  projects: readonly { readonly id: string }[],
): Promise<readonly Saved[]> {
  const all: Saved[] = [];
  for (const { id: project } of projects)
    for (const kind of savedKinds)
      for await (const page of savedPages(catalog.saved, { project, kind })) all.push(...page);
  return withinCopy(all);
}

async function* savedPages(
  saved: SavedThings,
  query: Pick<SavedQuery, 'project' | 'kind'>,
): AsyncGenerator<readonly Saved[]> {
  let after: string | undefined;
  do {
    const page: readonly Saved[] = await saved.list({ ...query, limit: pageMax, ...(after && { after }) });
    yield page;
    after = page.length < pageMax ? undefined : page.at(-1)!.id;
  } while (after !== undefined);
}

function withinCopy(all: readonly Saved[]): readonly Saved[] {
  const sized = all.map((saved) => ({ saved, size: JSON.stringify(saved.body).length }));
  let left = copiedCharactersMax;
  const kept = new Set<Saved>();
  for (const { saved, size } of sized.sort((a, b) => a.size - b.size)) {
    left -= size;
    if (left < 0) break;
    kept.add(saved);
  }
  return all.filter((saved) => kept.has(saved));
}

const isAt = (saved: Saved, { project, kind }: Pick<SavedPlace, 'project' | 'kind'>): boolean =>
  saved.project === project && saved.kind === kind;

/** The copy holds them in the order of their ids, as they were read. */
function pageOf(all: readonly Saved[], { limit, after = '', ...place }: SavedQuery): readonly Saved[] {
  const own = all.filter((each) => isAt(each, place));
  const start =
    after === '' ? 0 : own.findIndex((each) => Buffer.compare(Buffer.from(each.id), Buffer.from(after)) > 0);
  return start < 0 ? [] : own.slice(start, start + limit);
}
