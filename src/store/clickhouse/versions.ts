/**
 * Numbers every change of an answer by project and UTC day, so that a cache can tell whether an answer still holds. In
 * memory: the epoch, new with every process, makes all older versions differ.
 */
import { dayOf } from './dirty-days.ts';

/** Over this many days of projects all is forgotten at once, which changes every version. */
const daysMax = 200_000;

/** Stands for all days of a project. */
const everyDay = Number.NEGATIVE_INFINITY;

export class Versions {
  readonly #epoch: string;
  readonly #projects = new Map<string, Map<number, number>>();
  /** Changes of days that concern every project. */
  readonly #everywhere = new Map<number, number>();
  #serial = 0;
  #floor = 0;
  #count = 0;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  changed(project: string, days: Iterable<number>): void {
    let known = this.#projects.get(project);
    if (known === undefined) {
      known = new Map();
      this.#projects.set(project, known);
    }
    this.#note(known, days);
  }

  /** All answers about the project, whatever their range. */
  changedAlways(project: string): void {
    this.changed(project, [everyDay]);
  }

  changedEverywhere(days: Iterable<number>): void {
    this.#note(this.#everywhere, days);
  }

  changedAll(): void {
    this.#projects.clear();
    this.#everywhere.clear();
    this.#count = 0;
    this.#floor = ++this.#serial;
  }

  of(project: string, from: number, to: number): string {
    let latest = this.#floor;
    for (const days of [this.#projects.get(project), this.#everywhere]) {
      for (const [day, serial] of days ?? []) {
        const isAsked = day === everyDay || (day >= dayOf(from) && day <= dayOf(to - 1));
        if (isAsked && serial > latest) latest = serial;
      }
    }
    return `${this.#epoch}.${latest}`;
  }

  #note(known: Map<number, number>, days: Iterable<number>): void {
    this.#serial++;
    for (const day of days) {
      if (!known.has(day)) this.#count++;
      known.set(day, this.#serial);
    }
    if (this.#count > daysMax) this.changedAll();
  }
}
