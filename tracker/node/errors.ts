/** Everything that goes wrong in the client on purpose. Decide by `code`, never by a message. */

/**
 * `options_invalid`, `event_invalid`, `closed`: thrown where the mistake is. The others say why events were lost:
 * `unauthorized` (the key), `request_refused` (the server will not take such a request), `unexpected_answer` (no Millrace server),
 * `gave_up` (unreachable or busy for longer than `giveUpAfterMs`).
 */
export type ClientErrorCode =
  | 'options_invalid'
  | 'event_invalid'
  | 'closed'
  | 'unauthorized'
  | 'request_refused'
  | 'unexpected_answer'
  | 'gave_up';

export class MillraceClientError extends Error {
  override readonly name = 'MillraceClientError';
  readonly code: ClientErrorCode;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    { status, cause }: { status?: number; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
  }
}
