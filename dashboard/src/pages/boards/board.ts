/** What a board is: tiles of saved questions, plans of their own or text, each at its place in a grid of twelve columns. */
import type { PlanInput } from '../../api/questions.ts';
import type { View } from '../../explore/kind.ts';
import type { Form } from '../../explore/question-link.ts';
import type { Box } from './arrange.ts';
import type { BoardScope } from './scope.ts';

/** As it is kept. */
export interface Tile {
  readonly question?: string;
  readonly plan?: PlanInput;
  readonly text?: string;
  readonly title?: string;
  readonly layout: Box;
  readonly view?: TileView;
}

/** `form: 'table'`, and the ways in which charts are drawn. */
export type TileView = View;

export interface BoardBody {
  readonly tiles: readonly Tile[];
  readonly view?: { readonly scope?: BoardScope } & Readonly<Record<string, unknown>>;
  readonly description?: string;
}

/** On a page: told apart from others whatever their order. */
export interface KeyedTile extends Tile {
  readonly key: string;
}

/** What is on the screen, and may not be saved yet. */
export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly scope: BoardScope;
  readonly tiles: readonly KeyedTile[];
}

export const tilesMax = 100;
export const columns = 12;
export const rowPx = 64;
export const gapPx = 12;

export const newKey = (): string => `new-${Math.random().toString(36).slice(2)}`;

export function draftOf(name: string, { tiles, view, description = '' }: BoardBody): Draft {
  const widest = Math.max(columns, ...tiles.map(({ layout }) => layout.x + layout.width));
  return {
    name,
    description,
    scope: view?.scope ?? {},
    tiles: tiles.map((tile, i) => ({ ...tile, key: `tile-${i}`, layout: inColumns(tile.layout, widest) })),
  };
}

/** Boards that others made may have more columns than the pages have. */
function inColumns(box: Box, widest: number): Box {
  if (widest <= columns) return box;
  const x = Math.min(columns - 1, Math.floor((box.x * columns) / widest));
  const width = Math.max(1, Math.min(columns - x, Math.round((box.width * columns) / widest)));
  return { ...box, x, width };
}

/** What of it is kept; members that the pages do not know stay as they were. */
export function bodyOf({ description, scope, tiles }: Draft, before: BoardBody | undefined): BoardBody {
  const { scope: _, ...view } = before?.view ?? {};
  const hasScope = Object.values(scope).some((value) => value !== undefined);
  return {
    tiles: tiles.map(({ key: _key, ...tile }) => tile),
    ...((hasScope || Object.keys(view).length > 0) && { view: { ...view, ...(hasScope && { scope }) } }),
    ...(description.trim() !== '' && { description: description.trim() }),
  };
}

export const formOf = (view: TileView | undefined): Form => (view?.form === 'table' ? 'table' : 'chart');

export function viewOf(view: TileView | undefined): View {
  const { form: _, ...rest } = view ?? {};
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value === 'string'));
}
