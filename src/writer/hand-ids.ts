/**
 * The ids of the events of one window in the order of the log, until the store has them: lists, and maps only once somebody
 * asks for one, because hits are rare and a map costs ten times as much.
 */
import type { EventKey } from '../store/store.ts';

export class HandIds {
  readonly #projects: string[] = [];
  readonly #eventIds: string[] = [];
  /** The first place of each id, by project; of the places below `#known`. */
  readonly #places = new Map<string, Map<string, number>>();
  #known = 0;

  add(project: string, eventId: string): void {
    this.#projects.push(project);
    this.#eventIds.push(eventId);
  }

  at(place: number): EventKey {
    return { project: this.#projects[place]!, eventId: this.#eventIds[place]! };
  }

  /** Whether the id stands at a place before this one. */
  hasBefore({ project, eventId }: EventKey, place = Number.POSITIVE_INFINITY): boolean {
    this.#learn();
    const first = this.#places.get(project)?.get(eventId);
    return first !== undefined && first < place;
  }

  #learn(): void {
    for (; this.#known < this.#eventIds.length; this.#known++) {
      const project = this.#projects[this.#known]!;
      const eventId = this.#eventIds[this.#known]!;
      let places = this.#places.get(project);
      if (places === undefined) {
        places = new Map();
        this.#places.set(project, places);
      }
      if (!places.has(eventId)) places.set(eventId, this.#known);
    }
  }
}
