/**
 * Passwords: scrypt, with its parameters beside each hash, so that they can grow. One at a time, since each takes 128 MiB; a few
 * may wait, and further ones are refused. Checking takes as long for somebody who is unknown as for somebody who is not.
 * Parameters: OWASP Password Storage Cheat Sheet, scrypt, N = 2^17, r = 8, p = 1.
 */
import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import type { Random } from '../catalog/keys.ts';
import { failure } from '../errors.ts';

export interface PasswordsOptions {
  readonly random: Random;
  /** log2 of scrypt's N; tests take less than 17. */
  readonly costLog2?: number;
}

interface Parameters {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const costLog2 = 17;
const blockSize = 8;
const parallelization = 1;
const saltBytes = 16;
const hashBytes = 32;
/** A kept hash that asks for more was not made here. */
const costLog2Max = 20;
/** Beside the one at work. */
const waitingMax = 8;
const busyRetryMs = 3_000;

const lengthMin = 12;
const lengthMax = 1_000;

/** The form that is hashed: one text for one password, however a keyboard composes it. Errors: request_invalid when it is too long. */
export function canonicalPassword(password: string): string {
  if (password.length > lengthMax)
    throw failure('request_invalid', { detail: `the password must have at most ${lengthMax} characters` });
  return password.normalize('NFKC');
}

/** Errors: request_invalid for one that nobody should have. */
export function checkNewPassword(password: string, email: string | undefined): void {
  const canonical = canonicalPassword(password);
  if ([...canonical].length < lengthMin)
    throw failure('request_invalid', { detail: `the password must have at least ${lengthMin} characters` });
  if (email !== undefined && canonical.trim().toLowerCase() === email.toLowerCase())
    throw failure('request_invalid', { detail: 'the password must not be the e-mail' });
}

export class Passwords {
  readonly #random: Random;
  readonly #parameters: Parameters;
  readonly #dummy: string;
  #last: Promise<unknown> = Promise.resolve();
  #held = 0;

  constructor({ random, costLog2: ln = costLog2 }: PasswordsOptions) {
    this.#random = random;
    this.#parameters = { ln, r: blockSize, p: parallelization };
    this.#dummy = kept(this.#parameters, Buffer.from(random(saltBytes)), Buffer.from(random(hashBytes)));
  }

  /** What is kept of it. Errors: sign_in_paused when too many wait. */
  async hash(password: string): Promise<string> {
    const salt = Buffer.from(this.#random(saltBytes));
    const hash = await this.#derive(canonicalPassword(password), salt, this.#parameters);
    return kept(this.#parameters, salt, hash);
  }

  /** `wanted`: what is kept; undefined: there is none, which takes as long to say. Errors: sign_in_paused when too many wait. */
  async matches(password: string, wanted: string | undefined): Promise<boolean> {
    const parsed = wanted === undefined ? undefined : parse(wanted);
    const { parameters, salt, hash } = parsed ?? parse(this.#dummy)!;
    const given = await this.#derive(canonicalPassword(password), salt, parameters);
    return timingSafeEqual(given, hash) && parsed !== undefined;
  }

  async #derive(password: string, salt: Buffer, { ln, r, p }: Parameters): Promise<Buffer> {
    if (this.#held > waitingMax) {
      const detail = 'more people sign in at this moment than can be checked; try again shortly';
      throw failure('sign_in_paused', { detail, retryAfterMs: busyRetryMs });
    }
    this.#held++;
    const N = 2 ** ln;
    const turn = this.#last.then(() => derive(password, salt, { N, r, p, maxmem: 256 * N * r }));
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#held--;
    }
  }
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hashBytes, options, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}

/** As the PHC string format has it: `$scrypt$ln=17,r=8,p=1$salt$hash`. */
function kept({ ln, r, p }: Parameters, salt: Buffer, hash: Buffer): string {
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$scrypt$ln=${ln},r=${r},p=${p}$${text(salt)}$${text(hash)}`;
}

function parse(text: string) {
  const found = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]{43})$/.exec(
    text,
  );
  if (!found || Number(found[1]) > costLog2Max) return undefined;
  const [, ln, r, p, salt, hash] = found;
  return {
    parameters: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt!, 'base64'),
    hash: Buffer.from(hash!, 'base64'),
  };
}
