/** An answer as the cache keeps it, and the rules for when it may be given again. */
import { createHash } from 'node:crypto';
import type { AnyPlan } from '../plan/plan.ts';
import { answerAgeMaxMs, answerAgePerCost, dearMs } from './query-settings.ts';
import type { AnswerData } from './wire.ts';

export interface KeptAnswer {
  /** The store's version of the range: as the rows saw it, or read before the answer was computed. */
  readonly version: string;
  /** Epoch ms at which `version` was read. */
  readonly asOf: number;
  /** What computing it took, in milliseconds. */
  readonly tookMs: number;
  readonly data: AnswerData;
  readonly approximate: boolean;
  readonly error: number;
  readonly source: string;
  readonly rowsRead: number;
}

/**
 * Equal plans, and only those, have one key. parsePlan writes each plan in one way, so its JSON is canonical. How an answer is told
 * is no part of the question.
 */
export function answerKey(plan: AnyPlan): string {
  return `answer:1:${createHash('sha256')
    .update(JSON.stringify({ ...plan, explain: undefined }))
    .digest('base64url')}`;
}

/**
 * Whether an answer may be given although events have come since: never about a closed range; about an open one while
 * it is young measured by what computing it took, and 5 seconds at most.
 */
export function isYoung(kept: KeptAnswer, open: boolean, now: number): boolean {
  const ageMs = now - kept.asOf;
  return open && ageMs >= 0 && ageMs <= Math.min(answerAgeMaxMs, answerAgePerCost * kept.tookMs);
}

/** Whether it may be given now while a new one is made: one about an open range that was dear and is not too old. */
export function isRenewable(kept: KeptAnswer, open: boolean, now: number): boolean {
  const ageMs = now - kept.asOf;
  return open && kept.tookMs >= dearMs && ageMs >= 0 && ageMs <= answerAgeMaxMs;
}

/** What `text` holds, or undefined when it is not an answer (another version wrote it, or something else). */
export function readKept(text: string | undefined): KeptAnswer | undefined {
  if (text === undefined) return undefined;
  try {
    const kept = JSON.parse(text) as Partial<KeptAnswer> | null;
    const isAnswer =
      typeof kept?.version === 'string' && typeof kept.asOf === 'number' && kept.data !== undefined;
    return isAnswer ? (kept as KeptAnswer) : undefined;
  } catch {
    return undefined;
  }
}
