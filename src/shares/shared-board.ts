/**
 * A dashboard as guests see it: its tiles by their place in it, and the plan of one of them. A guest names a tile and a range and nothing
 * else; what is asked comes from what is saved. Filters of questions stay here, and so do lists of events and of people: who shares a
 * board shares numbers.
 */
import type { Saved, SavedThings } from '../catalog/saved.ts';
import type { Share } from '../catalog/shares.ts';
import { failure } from '../errors.ts';
import { type RangeName, rangeNames } from '../plan/range.ts';
import { type BoardScope, scoped } from './board-scope.ts';

type Members = Readonly<Record<string, unknown>>;
type Place = Pick<Share, 'project' | 'dashboard'>;

export interface SharedTile {
  /** Its place among the tiles; what a guest asks it by. */
  readonly tile: number;
  readonly title: string | null;
  readonly layout: unknown;
  readonly view: unknown;
  /** Of a tile that is text. */
  readonly text?: string;
  /** Why it shows nothing. */
  readonly problem?: 'question_gone' | 'not_shared';
}

export interface SharedBoard {
  readonly name: string;
  readonly description: string | null;
  /** The board's own range, where it has one. */
  readonly scope: Omit<BoardScope, 'filter'>;
  readonly tiles: readonly SharedTile[];
  /** Changes with the board. */
  readonly version: number;
}

/** What a guest may say of the range. */
export interface AskedRange {
  readonly range?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Kinds that show single events or people. */
const privateKinds: ReadonlySet<unknown> = new Set(['events', 'user', 'users']);
const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const dayMs = 86_400_000;
export const sharedDaysMax = 1_100;

export class SharedBoards {
  readonly #saved: Pick<SavedThings, 'get'>;

  constructor(saved: Pick<SavedThings, 'get'>) {
    this.#saved = saved;
  }

  /** Errors: share_invalid, when the dashboard is gone. */
  async board(place: Place): Promise<SharedBoard> {
    const board = await this.#board(place);
    const { timeZone, range, from, to } = scopeOf(board);
    const tiles = await Promise.all(tilesOf(board).map((tile, i) => this.#shown(tile, i, place.project)));
    return {
      name: board.name,
      description: textIn(board.body.description),
      scope: {
        ...(range !== undefined ? { range } : from !== undefined && to !== undefined ? { from, to } : {}),
        ...(timeZone !== undefined && { timeZone }),
      },
      tiles,
      version: board.version,
    };
  }

  /** Errors: share_invalid, request_invalid for a tile or range that there is not, conflict for a tile that cannot be asked, forbidden. */
  async plan(place: Place, index: number, asked: AskedRange): Promise<Members> {
    const range = checkedRange(asked);
    const board = await this.#board(place);
    const tiles = tilesOf(board);
    const tile = tiles[index];
    if (tile === undefined) {
      const detail = `tile must be a whole number from 0 to ${tiles.length - 1}: the board has ${tiles.length} tiles`;
      throw failure('request_invalid', { detail });
    }
    if (tile.text !== undefined)
      throw failure('request_invalid', { detail: `tile ${index} is text; there is nothing to ask` });
    const question = await this.#question(tile, place.project);
    const plan = question?.plan;
    if (plan === undefined)
      throw failure('conflict', {
        detail: 'the question of this tile is gone; who shares the board can take it off',
      });
    if (isPrivate(plan))
      throw failure('forbidden', { detail: 'lists of events and of people are not shown to guests' });
    const { explain: _, ...own } = scoped(plan, scopeWith(scopeOf(board), range)) as Members;
    return own;
  }

  async #board({ project, dashboard: id }: Place): Promise<Saved> {
    const board = await this.#saved.get({ project, kind: 'dashboard', id });
    if (board === undefined) throw failure('share_invalid', {});
    return board;
  }

  async #shown(tile: Members, index: number, project: string): Promise<SharedTile> {
    const question = tile.text === undefined ? await this.#question(tile, project) : undefined;
    const title = textIn(tile.title) ?? question?.name ?? null;
    const view = tile.view ?? question?.view ?? null;
    const common = { tile: index, title, layout: tile.layout, view };
    if (tile.text !== undefined) return { ...common, text: String(tile.text) };
    if (question?.plan === undefined) return { ...common, problem: 'question_gone' };
    return isPrivate(question.plan) ? { ...common, problem: 'not_shared' } : common;
  }

  /** Undefined: its question is gone. */
  async #question(
    { plan, question: id }: Members,
    project: string,
  ): Promise<{ readonly plan: unknown; readonly view?: unknown; readonly name?: string } | undefined> {
    if (plan !== undefined) return { plan };
    const question = await this.#saved.get({ project, kind: 'question', id: String(id) });
    return question && { plan: question.body.plan, view: question.body.view, name: question.name };
  }
}

/** A plan as guests may see it, to draw its answer by: without what is counted and what is not, but for what that is called. */
export function unfiltered(plan: Members): Members {
  const {
    filter: _f,
    segments: _s,
    explain: _e,
    exclude: _x,
    start,
    return: _r,
    series,
    steps,
    ...shown
  } = plan;
  return {
    ...shown,
    // of paths: the page where they begin
    ...(start !== undefined && typeof start !== 'object' && { start }),
    ...(series !== undefined && { series: unfilteredEach(series) }),
    ...(steps !== undefined && { steps: unfilteredEach(steps) }),
  };
}

const unfilteredEach = (all: unknown): unknown =>
  Array.isArray(all)
    ? (all as readonly Members[]).map(({ filter, goal: _, ...rest }) => ({ ...typeIn(filter), ...rest }))
    : all;

/** What has no name is called by the type of event that it is, where it is nothing more. */
function typeIn(filter: unknown): { readonly name?: string } {
  const { field, op, value } = (filter ?? {}) as Members;
  return field === 'type' && op === 'eq' && typeof value === 'string' ? { name: value } : {};
}

const tilesOf = ({ body }: Saved): readonly Members[] => body.tiles as unknown as readonly Members[];

const textIn = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const isPrivate = (plan: unknown): boolean => {
  const { kind, people } = plan as Members;
  return privateKinds.has(kind) || people !== undefined;
};

/** What is not as the pages write it counts as absent: `view` is its client's own. */
function scopeOf({ body }: Saved): BoardScope {
  const view = body.view as Members | undefined;
  const scope = view?.scope;
  if (typeof scope !== 'object' || scope === null) return {};
  const { range, from, to, timeZone, filter } = scope as Members;
  return {
    ...(isRange(range) ? { range } : isDate(from) && isDate(to) && from < to && { from, to }),
    ...(typeof timeZone === 'string' && { timeZone }),
    ...(filter !== undefined && filter !== null && { filter }),
  };
}

/** The asked range, where there is one, in the place of the board's. */
function scopeWith(scope: BoardScope, asked: BoardScope): BoardScope {
  if (Object.keys(asked).length === 0) return scope;
  const { timeZone, filter } = scope;
  return { ...asked, ...(timeZone !== undefined && { timeZone }), ...(filter !== undefined && { filter }) };
}

/** Errors: request_invalid. */
function checkedRange({ range, from, to }: AskedRange): BoardScope {
  if (range === undefined && from === undefined && to === undefined) return {};
  if (range !== undefined && from === undefined && to === undefined && isRange(range)) return { range };
  if (range === undefined && isDate(from) && isDate(to)) {
    const days = (Date.parse(to) - Date.parse(from)) / dayMs;
    if (days >= 1 && days <= sharedDaysMax) return { from, to };
  }
  const detail = `range must be one of ${rangeNames.join(', ')}; or from and to dates like 2026-03-01, to later than from by at most ${sharedDaysMax} days`;
  throw failure('request_invalid', { detail });
}

const isRange = (value: unknown): value is RangeName => rangeNames.includes(value as RangeName);
const isDate = (value: unknown): value is string =>
  typeof value === 'string' && datePattern.test(value) && !Number.isNaN(Date.parse(value));
