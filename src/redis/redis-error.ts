/**
 * What goes wrong with a Redis, as errors of ours. An error answer begins with its code, by the protocol; a broken connection
 * has the system's code. `refused`: no attempt of this process can help until a person changes something.
 */
import { failure, type MillraceError } from '../errors.ts';

type Verdict = 'refused' | 'full' | 'away';

/** By the first word of the answer, or the code of the system or of TLS. */
const known: Readonly<Record<string, readonly [verdict: Verdict, detail: string]>> = {
  NOAUTH: ['refused', 'it wants a password, and none is given'],
  WRONGPASS: ['refused', 'user name or password is wrong'],
  NOPERM: ['refused', 'its access rules forbid this user what is needed'],
  NOPROTO: ['refused', 'it speaks another protocol'],
  OOM: ['full', 'it is at its maxmemory'],
  LOADING: ['away', 'it is still loading its data'],
  READONLY: ['away', 'this is a replica, which takes no writes'],
  MASTERDOWN: ['away', 'this is a replica that has lost its master'],
  CLUSTERDOWN: ['away', 'the cluster is down'],
  NOREPLICAS: ['away', 'it has fewer good replicas than its min-replicas-to-write'],
  MISCONF: ['away', 'it takes no writes because it cannot write to its disk'],
  BUSY: ['away', 'it is busy with a script'],
  ECONNREFUSED: ['away', 'nobody listens there'],
  ENOTFOUND: ['away', 'the name of the host is not known'],
  EAI_AGAIN: ['away', 'the name of the host cannot be looked up now'],
  ETIMEDOUT: ['away', 'it does not answer in time'],
  ECONNRESET: ['away', 'the connection was cut'],
  EPIPE: ['away', 'the connection was cut'],
  EHOSTUNREACH: ['away', 'the host cannot be reached'],
  ENETUNREACH: ['away', 'the network cannot be reached'],
  ENOENT: ['refused', 'a file that the address names is missing'],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'refused',
    'it does not speak TLS on this port; use redis:// or its TLS port',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ['refused', 'its certificate is for another name'],
  CERT_HAS_EXPIRED: ['refused', 'its certificate has expired'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'refused',
    'its certificate is signed by nobody known; name the CA by ?ca=FILE',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'refused',
    'its certificate is signed by nobody known; name the CA by ?ca=FILE',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'refused',
    'its certificate is signed by nobody known; name the CA by ?ca=FILE',
  ],
};

/** Of an error answer: its first word, such as `OOM`; of another error its code; '' when it has none. */
export function redisCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (isReply(error)) return /^[A-Z][A-Z0-9_]*/.exec(error.message)?.[0] ?? '';
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** An answer that Redis gave, as against a connection that broke: what was asked for was not done. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** `setting` names this Redis. Gives redis_refused, redis_full or redis_unavailable. */
export function redisFailure(error: unknown, setting: string): MillraceError {
  const code = redisCode(error);
  const [verdict, meaning] = known[code] ?? ['away', undefined];
  const text = error instanceof Error ? error.message : String(error);
  const detail =
    meaning === undefined ? text : code === 'NOPERM' ? `${meaning}: ${text}` : `${meaning} (${code})`;
  switch (verdict) {
    case 'refused':
      return failure('redis_refused', { setting, detail }, error);
    case 'full':
      return failure('redis_full', { setting, detail }, error);
    case 'away':
      return failure('redis_unavailable', { setting, detail }, error);
    default:
      return verdict satisfies never;
  }
}
