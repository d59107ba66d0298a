/**
 * What the endpoint itself refuses, in ClickHouse's own numbers and manner, so that a client needs no second way of
 * reading errors; and the reading of errors that the engine threw.
 */

interface Refusal {
  readonly code: number;
  readonly name: string;
  readonly status: number;
}

export const refusals = {
  badRequest: { code: 36, name: 'BAD_ARGUMENTS', status: 400 },
  syntax: { code: 62, name: 'SYNTAX_ERROR', status: 400 },
  unknownDatabase: { code: 81, name: 'UNKNOWN_DATABASE', status: 404 },
  unknownSetting: { code: 115, name: 'UNKNOWN_SETTING', status: 404 },
  tooMany: { code: 202, name: 'TOO_MANY_SIMULTANEOUS_QUERIES', status: 503 },
  noFile: { code: 107, name: 'FILE_DOESNT_EXIST', status: 500 },
  noSpace: { code: 243, name: 'NOT_ENOUGH_SPACE', status: 500 },
  sameId: { code: 216, name: 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', status: 500 },
  tooLarge: { code: 307, name: 'TOO_MANY_BYTES', status: 413 },
  cancelled: { code: 394, name: 'QUERY_WAS_CANCELLED', status: 500 },
} as const satisfies Record<string, Refusal>;

export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal';
  readonly code: number;
  readonly status: number;

  constructor(refusal: Refusal, detail: string) {
    super(`Code: ${refusal.code}. DB::Exception: ${detail}. (${refusal.name})`);
    this.code = refusal.code;
    this.status = refusal.status;
  }
}

const unknownException = 1002;

/** The text and number that a server would tell. */
export function exceptionOf(error: unknown): {
  readonly code: number;
  readonly status: number;
  readonly text: string;
} {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EngineRefusal) return { code: error.code, status: error.status, text: message };
  const code = Number(/^Code: (\d+)\./.exec(message)?.[1] ?? unknownException);
  const text = code === unknownException ? `Code: ${code}. DB::Exception: ${message}` : message;
  return { code, status: 500, text };
}
