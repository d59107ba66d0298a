/**
 * Who comes with a link to a dashboard: whether it is good, and where it has a password, whether they know it. Who gave the password gets
 * a pass for half a day, which goes with each request in a header rather than a cookie, so that it works in a frame of another site
 * and opens nothing but this share. A pass is a keyed hash over the share and its end, so that nothing is kept of it, every server
 * knows it, and it ends with the share.
 *
 * Nobody guesses 256 random bits; wrong links are counted all the same, and answered as slowly as good ones are found.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Catalog } from '../catalog/catalog.ts';
import type { Share } from '../catalog/shares.ts';
import { type Clock, millisecondsPerDay, millisecondsPerHour } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Passwords } from '../people/passwords.ts';
import { Pauses } from '../people/pauses.ts';
import { networkOf } from '../people/sign-in.ts';
import { hashOfAny } from '../people/tokens.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

export interface GuestsOptions {
  readonly shares: Pick<Catalog['shares'], 'find'>;
  readonly passwords: Pick<Passwords, 'matches'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export interface Pass {
  readonly pass: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** What a guest has in hand. */
export interface Shown {
  readonly token: string;
  readonly pass?: string | undefined;
  /** Of the client; '' when it is not known. */
  readonly address: string;
}

export const passMs = 12 * millisecondsPerHour;
/** Wrong passwords for one share, and wrong links or passwords from one network, that are answered without a pause. */
const freeByShare = 20;
const freeByNetwork = 30;
const passPattern = /^mr_pass_([0-9a-z]{1,11})_([A-Za-z0-9_-]{43})$/;
const pausedDetail =
  'too many wrong links or passwords came from here, or for this board; wait as Retry-After says';

export class Guests {
  readonly #options: GuestsOptions;
  readonly #byShare: Pauses;
  readonly #byNetwork: Pauses;

  constructor(options: GuestsOptions) {
    this.#options = options;
    const monotonic = () => options.clock.monotonic();
    const detail = pausedDetail;
    this.#byShare = new Pauses({ monotonic, free: freeByShare, forgetMs: millisecondsPerDay, detail });
    this.#byNetwork = new Pauses({ monotonic, free: freeByNetwork, forgetMs: millisecondsPerHour, detail });
  }

  /** The share of a link, whatever its password. Errors: share_invalid, sign_in_paused after many wrong ones. */
  async find({ token, address }: Shown): Promise<Share> {
    const share = await this.#options.shares.find(hashOfAny(token));
    if (share !== undefined && !isOver(share, this.#options.clock.now())) return share;
    // good links open on: an office is not shut out by one wall with an old one
    const network = networkOf(address);
    this.#byNetwork.refuse(network);
    this.#byNetwork.fail(network);
    throw failure('share_invalid', {});
  }

  /** As `find`, with the pass of its password. Errors: share_locked, too. */
  async admit(shown: Shown): Promise<Share> {
    const share = await this.find(shown);
    if (share.password === undefined || this.#isGood(share, shown.pass)) return share;
    throw failure('share_locked', {});
  }

  /** For who knows the password. Errors: those of `find`, share_password_wrong, sign_in_paused, request_invalid. */
  async enter(shown: Shown, password: string): Promise<{ readonly share: Share } & Pass> {
    const share = await this.find(shown);
    if (share.password === undefined)
      throw failure('request_invalid', {
        detail: 'this board has no password; it is open to who has the link',
      });
    await this.#attempt(share, password, networkOf(shown.address));
    const expiresAt = this.#options.clock.now() + passMs;
    return { share, pass: passOf(share, expiresAt), expiresAt };
  }

  async #attempt({ id, password: kept }: Share, password: string, network: string): Promise<void> {
    this.#byShare.refuse(id);
    this.#byNetwork.refuse(network);
    // counted until it succeeds, so that many at the same moment gain nothing
    const pauses = [this.#byShare.fail(id), this.#byNetwork.fail(network)];
    let isRight: boolean;
    try {
      isRight = await this.#options.passwords.matches(password, kept);
    } catch (error) {
      this.#undo(id, network);
      throw error;
    }
    if (isRight) return this.#undo(id, network);
    if (pauses.includes(true)) {
      const message = 'the password of a shared board is paused after failed attempts';
      this.#options.telemetry.publish('note', { level: 'warn', message, fields: { share: id } });
    }
    throw failure('share_password_wrong', {});
  }

  #undo(id: string, network: string): void {
    this.#byShare.undo(id);
    this.#byNetwork.undo(network);
  }

  #isGood(share: Share, pass = ''): boolean {
    const end = passPattern.exec(pass)?.[1];
    const expiresAt = end === undefined ? 0 : Number.parseInt(end, 36);
    if (!(expiresAt > this.#options.clock.now())) return false;
    const wanted = Buffer.from(passOf(share, expiresAt));
    const given = Buffer.from(pass);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

/** The kept password is the key: salted and slowly hashed, known to the servers alone, and another one when the password is. */
function passOf({ id, hash, password }: Share, expiresAt: number): string {
  const end = expiresAt.toString(36);
  const proof = createHmac('sha256', password!).update(`pass ${id} ${hash} ${end}`).digest('base64url');
  return `mr_pass_${end}_${proof}`;
}

const isOver = ({ expiresAt }: Share, now: number): boolean => expiresAt !== undefined && expiresAt <= now;
