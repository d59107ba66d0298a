/** What the operations page reads: queue, cache, readiness, metrics, checks, quarantine. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, request, requestJson } from './client.ts';
import type { PlanInput } from './questions.ts';

export interface Ledger {
  readonly accepted: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly lost: number;
  readonly inFlight: number;
  readonly discarded?: number;
  readonly expired?: number;
  readonly deleted?: number;
}

export interface Queue {
  readonly queueLength: number;
  readonly status: 'ok' | 'warning';
  readonly lagMs: number;
  readonly deadLetters: number | null;
  readonly timestamp: string;
  readonly eventsPerSecond: number;
  readonly ledger: Ledger | null;
  readonly log: { readonly bytes: number; readonly bytesMax: number };
  readonly partitions: readonly {
    readonly partition: number;
    readonly mode: string;
    readonly waiting: number;
    readonly lagMs: number;
    readonly eventsPerSecond: number;
    readonly lastBatch: { readonly rows: number; readonly durationMs: number; readonly at: string } | null;
    readonly lastError: { readonly message?: string; readonly at?: string } | string | null;
  }[];
}

const refreshMs = 2_000;

export const useQueue = (project: string) =>
  useQuery({
    queryKey: ['queue', project],
    queryFn: ({ signal }) => requestJson<Queue>('/api/v1/queue', { project, signal }),
    refetchInterval: refreshMs,
  });

export interface CacheStatus {
  readonly kind: string;
  readonly hits: number;
  readonly misses: number;
  readonly hitRate: number | null;
  readonly entries?: number;
  readonly bytes?: number;
  readonly bytesMax?: number;
}

export const useCache = (project: string) =>
  useQuery({
    queryKey: ['cache', project],
    queryFn: ({ signal }) => requestJson<CacheStatus>('/api/v1/cache', { project, signal }),
    refetchInterval: 5_000,
  });

export interface Readiness {
  readonly status: string;
  readonly collecting: boolean;
  readonly answering: boolean;
  readonly parts: Readonly<
    Record<string, { readonly status: string; readonly reason?: string; readonly detail?: string }>
  >;
}

/** Not ready is an answer too. */
export const useReadiness = () =>
  useQuery({
    queryKey: ['ready'],
    queryFn: async ({ signal }) => (await (await fetch('/health/ready', { signal })).json()) as Readiness,
    refetchInterval: refreshMs,
  });

/** Samples by name and labels as they stand in the text: `millrace_lag_seconds`, `…{quantile="0.99"}`. */
export type Samples = ReadonlyMap<string, number>;

export const useMetrics = (project: string) =>
  useQuery({
    queryKey: ['metrics', project],
    queryFn: async ({ signal }): Promise<Samples> => {
      const text = await (await request('/metrics', { project, signal, accept: 'text/plain' })).text();
      return new Map(
        text.split('\n').flatMap((line) => {
          const at = line.lastIndexOf(' ');
          return line.startsWith('#') || at < 0
            ? []
            : [[line.slice(0, at), Number(line.slice(at + 1))] as const];
        }),
      );
    },
    refetchInterval: 5_000,
  });

export interface SlowQuestion {
  readonly at: string;
  readonly project: string;
  readonly kind: string;
  readonly durationMs: number;
  /** `answered`, or the code of the error. */
  readonly outcome: string;
  readonly source: string | null;
  readonly rowsRead: number | null;
  /** As it was sent; null when it is long. */
  readonly plan: PlanInput | null;
}

/** For those who keep the house. */
export const useSlowQuestions = (project: string) =>
  useQuery({
    queryKey: ['slow-questions'],
    queryFn: async ({ signal }) =>
      (await requestJson<{ data: readonly SlowQuestion[] }>('/api/v1/slow-questions', { project, signal }))
        .data,
    refetchInterval: 10_000,
  });

export interface DiskStatus {
  readonly bytes: number;
  readonly freeBytes: number;
  readonly freeBytesMin: number;
  readonly storeBytes: number | null;
  readonly logBytes: number;
  readonly logBytesMax: number;
  readonly bytesPerEvent: number | null;
  readonly eventsPerSecond: number | null;
  readonly overMs: number;
  readonly retentionDays: number | null;
  readonly fullAt: string | null;
}

/** For those who keep the house. */
export const useDisk = (project: string) =>
  useQuery({
    queryKey: ['disk'],
    queryFn: async ({ signal }) =>
      (await requestJson<{ data: DiskStatus }>('/api/v1/disk', { project, signal })).data,
    refetchInterval: 30_000,
  });

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  readonly advice: string;
}

export const useDoctor = (project: string) =>
  useMutation({
    mutationFn: async () =>
      requestJson<{ status: Check['status']; checkedAt: string; checks: readonly Check[] }>(
        '/api/v1/doctor',
        { project },
      ),
  });

export interface DeadLetter {
  readonly id: string;
  readonly project: string;
  readonly eventId: string;
  readonly receivedAt: string;
  readonly reason: string;
  readonly detail: string;
}

export interface DeadLetterPage {
  readonly data: readonly DeadLetter[];
  readonly total: number;
  readonly next: string | null;
}

/** Null: not for this person to see. */
export const useDeadLetters = (project: string) =>
  useQuery({
    queryKey: ['dead-letters', project],
    queryFn: async ({ signal }): Promise<DeadLetterPage | null> => {
      try {
        return await requestJson<DeadLetterPage>('/api/v1/dead-letters?limit=50', { project, signal });
      } catch (error) {
        if (error instanceof ApiError && error.status === 403) return null;
        throw error;
      }
    },
    refetchInterval: 10_000,
  });

export const useDeadLetter = (project: string, id: string | undefined) =>
  useQuery({
    queryKey: ['dead-letter', project, id],
    queryFn: async ({ signal }) =>
      (
        await requestJson<{ data: DeadLetter & { readonly body: string } }>(`/api/v1/dead-letters/${id}`, {
          project,
          signal,
        })
      ).data,
    enabled: id !== undefined,
  });

export type Order = 'replay' | 'discard';
export type OrderReport = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

export function useOrder(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ order, ids }: { order: Order; ids: readonly string[] | 'all' }) =>
      (
        await requestJson<{ data: OrderReport }>(`/api/v1/dead-letters/${order}`, {
          method: 'POST',
          project,
          body: ids === 'all' ? { all: true } : { ids },
        })
      ).data,
    onSettled: () => client.invalidateQueries({ queryKey: ['dead-letters', project] }),
  });
}
