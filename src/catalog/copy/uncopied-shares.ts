/** Links to dashboards of a catalog with a copy: asked of the real one alone, so that no copy opens what was revoked. */
import type { Catalog } from '../catalog.ts';
import type { Share, SharePlace, Shares } from '../shares.ts';

export class UncopiedShares implements Shares {
  readonly #opened: () => Promise<Catalog>;

  constructor(opened: () => Promise<Catalog>) {
    this.#opened = opened;
  }

  list = (project: string, dashboard?: string) => this.#ask((shares) => shares.list(project, dashboard));
  find = (hash: string) => this.#ask((shares) => shares.find(hash));
  create = (share: Share, countMax: number) => this.#ask((shares) => shares.create(share, countMax));
  remove = (place: SharePlace) => this.#ask((shares) => shares.remove(place));

  async #ask<T>(work: (shares: Shares) => Promise<T>): Promise<T> {
    return work((await this.#opened()).shares);
  }
}
