/** Whether a request to a cron route comes from the scheduler: `Authorization: Bearer CRON_SECRET`, as Vercel sends it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { failure } from '../errors.ts';

/** Errors: unauthorized, also as long as no secret is set: nobody else shall run up the bill. */
export function authorizeCron(request: Request, secret: string | undefined): void {
  if (secret === undefined)
    throw failure('unauthorized', { detail: 'CRON_SECRET is not set, so nobody may call this' });
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
  // hashes have one length, so that comparing them tells nothing of it
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(given), digest(secret)))
    throw failure('unauthorized', {
      detail: 'this needs "Authorization: Bearer" and the value of CRON_SECRET',
    });
}
