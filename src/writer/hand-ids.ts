/**
 * The ids of the events of one window, until the store has them: a list, and a set only once somebody asks, because hits
 * are rare and a set costs ten times as much.
 */
export class HandIds {
  /** One entry for each run of events of the same project. */
  readonly #runs: { readonly project: string; readonly eventIds: string[] }[] = [];
  readonly #known = new Map<string, Set<string>>();
  /** How far the runs are in `known`. */
  #run = 0;
  #at = 0;

  add(project: string, eventId: string): void {
    const last = this.#runs.at(-1);
    if (last !== undefined && last.project === project) last.eventIds.push(eventId);
    else this.#runs.push({ project, eventIds: [eventId] });
  }

  has(project: string, eventId: string): boolean {
    this.#learn();
    return this.#known.get(project)?.has(eventId) ?? false;
  }

  #learn(): void {
    for (; this.#run < this.#runs.length; this.#run++, this.#at = 0) {
      const { project, eventIds } = this.#runs[this.#run]!;
      let known = this.#known.get(project);
      if (known === undefined) {
        known = new Set();
        this.#known.set(project, known);
      }
      for (; this.#at < eventIds.length; this.#at++) known.add(eventIds[this.#at]!);
      // the last run may still grow
      if (this.#run === this.#runs.length - 1) return;
    }
  }
}
