/** One request to a running server. What goes wrong becomes one sentence that says what to do. */
import { UsageError } from './context.ts';

export interface Request {
  /** The server's own address, with or without a '/' at the end. */
  readonly url: string;
  readonly key: string;
  readonly path: string;
  /** Undefined: a GET. */
  readonly body: unknown;
  /** The form of the answer that is wanted; JSON when absent. */
  readonly accept?: string;
}

/** Longer than any question may run. */
const timeoutMs = 10 * 60_000;

/** The answer's JSON. Errors: an Error whose message is for the person who asked. */
export async function ask({ url, key, path, body }: Request): Promise<unknown> {
  checkUrl(url);
  const response = await send(url.replace(/\/+$/, ''), key, path, body);
  const text = await response.text();
  const answer = parse(text);
  if (response.ok && answer !== undefined) return answer;
  throw new Error(
    response.ok ? `${url} does not answer like a Millrace server` : problemText(url, response.status, answer),
  );
}

/** The server answered, and not with what was asked for. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** The same may be asked again. */
  readonly isTemporary: boolean;

  constructor(message: string, status: number) {
    super(message);
    this.isTemporary = status >= 500 || status === 429;
  }
}

/** The answer's bytes as they come. Errors: as `ask`. */
export async function askForBytes(request: Request): Promise<AsyncIterable<Uint8Array>> {
  const { url, key, path, body, accept } = request;
  checkUrl(url);
  const response = await send(url.replace(/\/+$/, ''), key, path, body, false, accept);
  if (!response.ok || response.body === null)
    throw new Refused(problemText(url, response.status, parse(await response.text())), response.status);
  return response.body;
}

function checkUrl(url: string): void {
  if (!/^https?:\/\/[^\s]+$/.test(url))
    throw new UsageError(`--url must look like http://127.0.0.1:3000, but is ${url}`);
}

async function send(
  url: string,
  key: string,
  path: string,
  body: unknown,
  timed = true,
  accept?: string,
): Promise<Response> {
  try {
    return await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(accept !== undefined && { accept }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(timed && { signal: AbortSignal.timeout(timeoutMs) }),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
    const reason = 'code' in cause ? String(cause.code) : cause.message;
    throw new Error(
      `no server answers at ${url} (${reason}); start one with: millrace serve, or say where it is with --url or MILLRACE_URL`,
      { cause: error },
    );
  }
}

function problemText(
  url: string,
  status: number,
  answer: Readonly<Record<string, unknown>> | undefined,
): string {
  const { detail, code } = answer ?? {};
  if (typeof detail !== 'string') return `${url} answers with status ${status}`;
  return typeof code === 'string' ? `${detail} (${code})` : detail;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
