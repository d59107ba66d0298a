/**
 * An id for visitors who have none: the same for one address and User-Agent within a project and a UTC day, and with no
 * way back to them, because the day's salt is secret and is deleted. Nothing is put on the visitor's device.
 */
import { createHmac } from 'node:crypto';
import { millisecondsPerDay } from '../clock.ts';

/** The salt of the UTC day that holds `at` (epoch milliseconds); undefined when it is deleted already. */
export type SaltSource = (at: number) => Promise<Uint8Array | undefined>;

/** Of 43 characters of base64url; 132 bits. */
const idCharacters = 22;
/** Today and, around midnight, yesterday. */
const saltsMax = 2;

/** Asks for each day's salt once. */
export class DailySalts {
  readonly #source: SaltSource;
  readonly #byDay = new Map<number, Promise<Uint8Array | undefined>>();

  constructor(source: SaltSource) {
    this.#source = source;
  }

  /** Errors: those of the source; a failed answer is not kept. */
  get(at: number): Promise<Uint8Array | undefined> {
    const day = Math.floor(at / millisecondsPerDay);
    const known = this.#byDay.get(day);
    return known ?? this.#fetch(day, at);
  }

  #fetch(day: number, at: number): Promise<Uint8Array | undefined> {
    const salt = this.#source(at);
    this.#byDay.set(day, salt);
    salt.catch(() => this.#byDay.delete(day));
    if (this.#byDay.size > saltsMax) this.#byDay.delete(Math.min(...this.#byDay.keys()));
    return salt;
  }
}

/** HMAC-SHA256 of project, address and User-Agent under the salt, cut to 22 characters. `address` in one spelling. */
export function visitorId(salt: Uint8Array, project: string, address: string, userAgent: string): string {
  // none of the parts holds NUL, so no two visitors make the same text
  return createHmac('sha256', salt)
    .update(`${project}\0${address}\0${userAgent}`)
    .digest('base64url')
    .slice(0, idCharacters);
}
