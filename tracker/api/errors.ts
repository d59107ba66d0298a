/** What a server answers when it cannot do what was asked (RFC 9457), as an error. */
import type { Problem } from './schema.ts';

export type { Problem };

export class MillraceApiError extends Error {
  override readonly name = 'MillraceApiError';
  readonly status: number;
  /** Stable, for programs: docs/errors.md. Undefined when something in between answered, such as a proxy. */
  readonly code: Problem['code'] | undefined;
  readonly problem: Problem | undefined;
  /** How long to wait before asking again, when the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor({ status, headers }: Pick<Response, 'status' | 'headers'>, problem: Problem | undefined) {
    super(problem?.detail ?? `the server answers with status ${status}`);
    this.status = status;
    this.code = problem?.code;
    this.problem = problem;
    const seconds = headers.get('retry-after');
    this.retryAfterMs = seconds !== null && /^\d{1,9}$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
  }
}
