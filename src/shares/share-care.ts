/**
 * Links to dashboards as those who keep them handle them, for HTTP and the command line alike: made, listed, revoked. A link's token is
 * returned once by the call that makes it; what is kept of it opens nothing.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { Random } from '../catalog/keys.ts';
import type { Share, SharePlace } from '../catalog/shares.ts';
import { type Clock, millisecondsPerDay } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Passwords } from '../people/passwords.ts';
import { makeId, makeToken } from '../people/tokens.ts';

export interface ShareCareOptions {
  readonly shares: Catalog['shares'];
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

export interface ShareWish extends Pick<Share, 'project' | 'dashboard' | 'by'> {
  readonly name?: string | undefined;
  /** Absent: the link is enough. */
  readonly password?: string | undefined;
  /** ISO 8601; absent: good until it is revoked. */
  readonly expiresAt?: string | undefined;
  readonly canEmbed?: boolean | undefined;
}

export interface MadeShare {
  readonly share: Share;
  /** Shown once, kept nowhere. */
  readonly token: string;
}

/** Of one dashboard. */
export const sharesMax = 50;
export const shareNameLengthMax = 100;
/** It stands beside a link that nobody guesses, so it may be shorter than a person's. */
export const sharePasswordLengthMin = 8;
export const sharePasswordLengthMax = 200;
/** Who wants longer wants a link without an end. */
const lifeMsMax = 3_660 * millisecondsPerDay;

/** Behind the server's address. */
export const sharePath = (token: string): string => `/shared/${token}`;

export class ShareCare {
  readonly #options: ShareCareOptions;

  constructor(options: ShareCareOptions) {
    this.#options = options;
  }

  /** In the order in which they were made; those whose time is over are among them. */
  list(project: string, dashboard?: string): Promise<readonly Share[]> {
    return this.#options.shares.list(project, dashboard);
  }

  /** Errors: request_invalid, not_found for the dashboard, conflict over the limit, sign_in_paused while many passwords wait. */
  async create(wish: ShareWish): Promise<MadeShare> {
    const { shares, passwords, clock, random } = this.#options;
    const createdAt = clock.now();
    const name = wish.name === undefined ? undefined : checkedName(wish.name);
    const expiresAt = wish.expiresAt === undefined ? undefined : checkedEnd(wish.expiresAt, createdAt);
    if (wish.password !== undefined) checkPassword(wish.password);
    const password = wish.password === undefined ? undefined : await passwords.hash(wish.password);
    const { token, hash } = makeToken('share', random);
    const share: Share = {
      id: makeId('shr', random),
      project: wish.project,
      dashboard: wish.dashboard,
      ...(name !== undefined && { name }),
      hash,
      ...(password !== undefined && { password }),
      canEmbed: wish.canEmbed ?? false,
      createdAt,
      ...(expiresAt !== undefined && { expiresAt }),
      by: wish.by,
    };
    await shares.create(share, sharesMax);
    return { share, token };
  }

  /** Ends it at once. Errors: not_found. */
  async revoke(place: SharePlace): Promise<void> {
    await this.#options.shares.remove(place);
  }
}

function checkedName(name: string): string {
  const trimmed = name.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name must not have
  const isName = trimmed !== '' && trimmed.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(trimmed);
  if (isName && trimmed.length <= shareNameLengthMax) return trimmed;
  const detail = `name must have 1 to ${shareNameLengthMax} characters, none of them a control character`;
  throw failure('request_invalid', { detail });
}

function checkPassword(password: string): void {
  const { length } = [...password.normalize('NFKC')];
  if (length >= sharePasswordLengthMin && password.length <= sharePasswordLengthMax) return;
  const detail = `password must have ${sharePasswordLengthMin} to ${sharePasswordLengthMax} characters`;
  throw failure('request_invalid', { detail });
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

function checkedEnd(given: string, now: number): number {
  const at = isoTime.test(given) ? Date.parse(given) : Number.NaN;
  if (at > now && at - now <= lifeMsMax) return at;
  const detail = 'expiresAt must be a time to come, within ten years, like 2030-01-31T18:00:00Z';
  throw failure('request_invalid', { detail });
}
