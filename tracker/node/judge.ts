/** What an answer means for the events of its request: they have their outcomes, the request is worth another try, or it never will be. */
import { MillraceClientError } from './errors.ts';
import type { Reply } from './transport.ts';

export interface Refusal {
  /** The place of the event in the request. */
  readonly index: number;
  /** From the closed list of docs/http.md. */
  readonly reason: string;
  readonly message: string;
}

export type Verdict =
  | { readonly kind: 'outcomes'; readonly refused: readonly Refusal[] }
  | {
      readonly kind: 'again';
      readonly why: string;
      readonly afterMs: number | undefined;
      readonly status: number;
    }
  | { readonly kind: 'too_large'; readonly error: MillraceClientError }
  | { readonly kind: 'lost'; readonly error: MillraceClientError };

/** `events`: how many the request held. */
export function judge(reply: Reply, events: number): Verdict {
  const { status } = reply;
  const body = parse(reply.body);
  const problem = problemText(status, body);
  if (status === 202 || (status === 400 && Array.isArray(body?.results)))
    return outcomes(status, body, events);
  if (status === 408 || status === 429 || status >= 500)
    return { kind: 'again', why: problem, afterMs: reply.retryAfterMs, status };
  const error = (code: 'unauthorized' | 'request_refused' | 'unexpected_answer', message: string) =>
    new MillraceClientError(code, message, { status });
  if (status === 401 || status === 403) return { kind: 'lost', error: error('unauthorized', problem) };
  if (status === 413) return { kind: 'too_large', error: error('request_refused', problem) };
  if (status >= 400) return { kind: 'lost', error: error('request_refused', problem) };
  const where = reply.location === undefined ? '' : ` to ${reply.location}; is that the url to use?`;
  return {
    kind: 'lost',
    error: error('unexpected_answer', `the server answers with status ${status}${where}`),
  };
}

/** All events must be accounted for, or this is not the server that it is taken for. */
function outcomes(status: number, body: Body | undefined, events: number): Verdict {
  const refused = (body?.results ?? []).filter(isRefusal);
  const accepted = status === 202 ? body?.accepted : 0;
  if (accepted === events - refused.length && refused.every(({ index }) => index < events))
    return { kind: 'outcomes', refused };
  const message = `the answer with status ${status} does not account for the ${events} events that were sent; is this a Millrace server?`;
  return { kind: 'lost', error: new MillraceClientError('unexpected_answer', message, { status }) };
}

interface Body {
  readonly accepted?: unknown;
  readonly results?: readonly unknown[];
  readonly detail?: unknown;
  readonly code?: unknown;
}

function isRefusal(result: unknown): result is Refusal {
  if (typeof result !== 'object' || result === null) return false;
  const { index, reason, message } = result as Partial<Refusal>;
  return Number.isInteger(index) && index! >= 0 && typeof reason === 'string' && typeof message === 'string';
}

function parse(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}

function problemText(status: number, body: Body | undefined): string {
  if (typeof body?.detail !== 'string') return `the server answers with status ${status}`;
  return typeof body.code === 'string' ? `${body.detail} (${body.code})` : body.detail;
}
