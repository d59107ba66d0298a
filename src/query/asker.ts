/** Who asks, and what their questions may cost: as the settings say, or as their key's own limits do. */
import type { Budget } from '../store/store.ts';
import type { Lane } from './gate.ts';
import type { QuerySettings } from './query-settings.ts';

/** The limits that a key may have of its own, named and meant as the settings of questions. */
export interface AskerLimits {
  readonly timeMs?: number;
  readonly memoryBytes?: number;
  readonly rowsMax?: number;
  readonly concurrencyMax?: number;
  readonly waitingMax?: number;
}

export interface Asker {
  /** Of the key. */
  readonly id: string;
  readonly limits?: AskerLimits;
}

/** One question's share of the house: what it may cost, and whose place it takes. */
export interface Asking {
  /** Aborts when the asker goes away. */
  readonly signal: AbortSignal | undefined;
  readonly budget: Budget;
  readonly lane: Lane;
}

/** Whoever asks within the process. */
export const nobody: Asker = { id: '' };

export function budgetOf({ limits = {} }: Asker, settings: QuerySettings): Budget {
  return {
    timeMs: limits.timeMs ?? settings.timeMs,
    memoryBytes: limits.memoryBytes ?? settings.memoryBytes,
    rowsMax: limits.rowsMax ?? settings.rowsMax,
  };
}

export function laneOf({ id, limits = {} }: Asker, settings: QuerySettings): Lane {
  return {
    id,
    insideMax: limits.concurrencyMax ?? settings.keyConcurrencyMax,
    waitingMax: limits.waitingMax ?? settings.keyWaitingMax,
  };
}

/** The name of each limit in the settings of the server. */
const settingNames: Readonly<Record<keyof AskerLimits, string>> = {
  timeMs: 'MILLRACE_QUESTION_TIME_MS',
  memoryBytes: 'MILLRACE_QUESTION_MEMORY_BYTES',
  rowsMax: 'MILLRACE_QUESTION_ROWS_MAX',
  concurrencyMax: 'MILLRACE_QUESTION_CONCURRENCY_PER_KEY',
  waitingMax: 'MILLRACE_QUESTION_WAITING_PER_KEY',
};

/** Where this asker's limit is set, for the message that refuses. */
export const whereSet = ({ id, limits = {} }: Asker, limit: keyof AskerLimits): string =>
  limits[limit] === undefined ? settingNames[limit] : `limits.${limit} of the key ${id}`;
