/** A shared board as its link gives it. The pass of its password goes with each request; the tab keeps it until it is closed. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answer } from '../../../../src/query/wire.ts';
import { ApiError, requestJson } from '../../api/client.ts';
import type { PlanInput } from '../../api/questions.ts';
import type { Box } from '../boards/arrange.ts';
import type { TileView } from '../boards/board.ts';
import type { Turns } from '../boards/turns.ts';

export interface SharedTile {
  readonly tile: number;
  readonly title: string | null;
  readonly layout: Box;
  readonly view: TileView | null;
  readonly text?: string;
  readonly problem?: 'question_gone' | 'not_shared';
}

export interface SharedBoard {
  readonly name: string;
  readonly description: string | null;
  readonly scope: {
    readonly range?: string;
    readonly from?: string;
    readonly to?: string;
    readonly timeZone?: string;
  };
  readonly tiles: readonly SharedTile[];
  readonly version: number;
}

/** Half-open, of dates; empty: as the board says. */
export interface AskedRange {
  readonly range?: string;
  readonly from?: string;
  readonly to?: string;
}

/** What was revoked is gone from open pages by then. */
const boardRefreshMs = 20_000;
const tileRefreshMs = 60_000;

const pathOf = (token: string) => `/api/v1/shared/${encodeURIComponent(token)}`;
const boardKey = (token: string) => ['shared', token, 'board'];
const passPlace = (token: string) => `millrace.pass.${token.slice(-12)}`;

/** In a frame of another site there may be no storage: then the pass lasts as long as the page. */
const passes = {
  of(token: string): string | undefined {
    try {
      return sessionStorage.getItem(passPlace(token)) ?? undefined;
    } catch {
      return undefined;
    }
  },
  keep(token: string, pass: string): void {
    try {
      sessionStorage.setItem(passPlace(token), pass);
    } catch {}
  },
};

export class Guest {
  readonly token: string;
  #pass: string | undefined;

  constructor(token: string) {
    this.token = token;
    this.#pass = passes.of(token);
  }

  /** Errors: ApiError. */
  async board(signal: AbortSignal): Promise<SharedBoard> {
    return (await requestJson<{ data: SharedBoard }>(pathOf(this.token), { signal, headers: this.#headers }))
      .data;
  }

  /** Errors: ApiError. */
  async answer(tile: number, range: AskedRange, signal: AbortSignal) {
    const { data } = await requestJson<{ data: { plan: PlanInput; answer: Answer } }>(
      `${pathOf(this.token)}/answers`,
      {
        method: 'POST',
        body: { tile, ...range },
        signal,
        headers: this.#headers,
      },
    );
    return data;
  }

  /** Errors: ApiError. */
  async enter(password: string): Promise<void> {
    const { data } = await requestJson<{ data: { pass: string } }>(`${pathOf(this.token)}/pass`, {
      method: 'POST',
      body: { password },
    });
    this.#pass = data.pass;
    passes.keep(this.token, data.pass);
  }

  get #headers(): Readonly<Record<string, string>> {
    return this.#pass === undefined ? {} : { 'x-millrace-pass': this.#pass };
  }
}

/** A refusal that no further try changes: the link is no longer good, or wants its password. */
export const isShut = (error: Error | null): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 401);

export const useSharedBoard = (guest: Guest) =>
  useQuery({
    queryKey: boardKey(guest.token),
    queryFn: ({ signal }) => guest.board(signal),
    staleTime: 0,
    refetchInterval: ({ state }) => (isShut(state.error) ? false : boardRefreshMs),
  });

export function useEnter(guest: Guest) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (password: string) => guest.enter(password),
    onSuccess: () => client.invalidateQueries({ queryKey: ['shared', guest.token] }),
  });
}

interface AskedTile {
  readonly guest: Guest;
  readonly tile: number;
  readonly range: AskedRange;
  readonly version: number;
  readonly isSeen: boolean;
  readonly turns: Turns;
}

export function useSharedAnswer({ guest, tile, range, version, isSeen, turns }: AskedTile) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['shared', guest.token, 'answer', version, tile, range],
    queryFn: async ({ signal }) => {
      try {
        return await turns(signal, () => guest.answer(tile, range, signal));
      } catch (error) {
        // the board itself says what the matter is
        if (error instanceof Error && isShut(error))
          void client.invalidateQueries({ queryKey: boardKey(guest.token) });
        throw error;
      }
    },
    placeholderData: keepPreviousData,
    refetchInterval: tileRefreshMs,
    enabled: isSeen,
  });
}
