/** The public API as the pages call it: the session's cookie, the project by header, problems as errors with their code. */

/** An answer that was no success, or none at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  /** Seconds after which it is worth another try. */
  readonly retryAfter: number | undefined;
  /** The whole problem document: of a wrong plan `pointer` and `rule`, of a limit its value. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, retryAfter?: number, problem: object = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.problem = problem as Readonly<Record<string, unknown>>;
  }
}

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
}

export interface RequestOptions {
  readonly project?: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly accept?: string;
  readonly ifMatch?: string;
  /** Further ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Errors: ApiError. */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { project, method = 'GET', body, signal, accept, ifMatch } = options;
  const headers = new Headers({ accept: accept ?? 'application/json', ...options.headers });
  if (project !== undefined) headers.set('x-millrace-project', project);
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  if (body !== undefined) headers.set('content-type', 'application/json');
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached. Is it running, and are you online?');
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  const detail = problem.detail ?? problem.title ?? `the server answered ${response.status}`;
  throw new ApiError(response.status, problem.code ?? 'unknown', detail, retryAfter, problem);
}

/** Errors: ApiError. */
export async function requestJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await request(path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}
