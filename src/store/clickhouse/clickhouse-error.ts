/**
 * How a call to ClickHouse failed. The number is ClickHouse's own (`Code: 241. DB::Exception: …`); the outcome says
 * what the caller must do next: `refused` may be tried again at once, `unclear` needs the fence and the read-back.
 */

/** `refused`: provably nothing was run. `unclear`: it may have run in part or in whole, or may be running still. */
export type Outcome = 'refused' | 'unclear';

/** ClickHouse's own numbers, for those that this project decides by. */
export const clickhouseCodes = {
  unknownTable: 60,
  syntaxError: 62,
  unknownDatabase: 81,
  unknownSetting: 115,
  timeoutExceeded: 159,
  tooManyRows: 158,
  tooManyQueries: 202,
  sameQueryIdRunning: 216,
  memoryLimitExceeded: 241,
  tooManyParts: 252,
  tooManyBytes: 307,
  cancelled: 394,
  authenticationFailed: 516,
} as const;

/**
 * A part of a table is broken: FILE_DOESNT_EXIST, NO_FILE_IN_DATA_PART, BAD_SIZE_OF_FILE_IN_DATA_PART, CORRUPTED_DATA. When the
 * engine starts, it sets such a part aside and goes on with the parts that it was merged from, if they are still kept.
 */
const brokenPart: ReadonlySet<number> = new Set([107, 226, 228, 246]);

export const isBrokenPart = (error: ClickHouseError): boolean => brokenPart.has(error.clickhouseCode);

/** Errors that ClickHouse raises before it runs anything. Any other may come from the middle of a statement. */
const refusals: ReadonlySet<number> = new Set([
  clickhouseCodes.unknownTable,
  clickhouseCodes.syntaxError,
  clickhouseCodes.unknownDatabase,
  clickhouseCodes.unknownSetting,
  clickhouseCodes.tooManyQueries,
  clickhouseCodes.authenticationFailed,
]);

export class ClickHouseError extends Error {
  override readonly name = 'ClickHouseError';
  /** ClickHouse's number; 0 when the transport failed and ClickHouse said nothing. */
  readonly clickhouseCode: number;
  readonly outcome: Outcome;

  constructor(message: string, clickhouseCode: number, outcome: Outcome, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.clickhouseCode = clickhouseCode;
    this.outcome = outcome;
  }
}

/** The error that ClickHouse told in words; `code` from the header when there was one, else from the text. */
export function toldError(text: string, code?: number): ClickHouseError {
  const number = code || Number(/Code: (\d+)\./.exec(text)?.[1] ?? 0);
  return new ClickHouseError(text.trim(), number, refusals.has(number) ? 'refused' : 'unclear');
}
