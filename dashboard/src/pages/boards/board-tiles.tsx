/** The tiles of a board, and what their editor does with them one by one. */
import { useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { AddTile } from './add-tile.tsx';
import { type Box, below } from './arrange.ts';
import { columns, type Draft, type KeyedTile, newKey, type Tile, tilesMax } from './board.ts';
import { BoardTile, type TileActions } from './board-tile.tsx';
import { Grid, type GridItem, inList } from './grid.tsx';
import type { BoardScope } from './scope.ts';
import { TextDialog } from './text-dialog.tsx';

interface BoardTilesProps {
  readonly project: string;
  readonly tiles: readonly KeyedTile[];
  readonly scope: BoardScope;
  /** Absent: it is only looked at. */
  readonly change: ((next: (draft: Draft) => Draft) => void) | undefined;
  readonly canEdit: boolean;
  readonly onEdit: () => void;
}

export function BoardTiles({ project, tiles, scope, change, canEdit, onEdit }: BoardTilesProps) {
  const [edited, setEdited] = useState<string>();
  const items = useMemo<readonly GridItem[]>(() => tiles.map(itemOf), [tiles]);
  if (change === undefined)
    return tiles.length === 0 ? (
      <Empty title="This board is empty">
        {canEdit ? (
          <Button look="primary" onClick={onEdit}>
            Put something on it
          </Button>
        ) : (
          'Nobody has put anything on it yet.'
        )}
      </Empty>
    ) : (
      <Grid
        items={items}
        draw={(key) => <BoardTile project={project} tile={tileOf(tiles, key)} scope={scope} />}
      />
    );
  const ofTiles = (next: (tiles: readonly KeyedTile[]) => readonly KeyedTile[]) =>
    change((draft) => ({ ...draft, tiles: next(draft.tiles) }));
  const place = (boxes: readonly Box[]) =>
    ofTiles((all) => all.map((tile, i) => ({ ...tile, layout: boxes[i]! })));
  const actions: TileActions = {
    onEdit: setEdited,
    onChange: (key, part) =>
      ofTiles((all) => all.map((tile) => (tile.key === key ? { ...tile, ...part } : tile))),
    onRemove: (key) => ofTiles((all) => all.filter((tile) => tile.key !== key)),
    onShift: (key, by) =>
      place(
        inList(
          tiles.map(({ layout }) => layout),
          tiles.findIndex((tile) => tile.key === key),
          by,
        ),
      ),
  };
  const tile = edited === undefined ? undefined : tiles.find(({ key }) => key === edited);
  return (
    <>
      <p id="arranging" className="sr-only">
        Arrow keys move the tile, with Shift they resize it.
      </p>
      <Grid
        items={items}
        onArrange={place}
        draw={(key, handle) => (
          <BoardTile
            project={project}
            tile={tileOf(tiles, key)}
            scope={scope}
            handle={handle}
            actions={actions}
          />
        )}
      />
      {tiles.length < tilesMax && (
        <AddTile project={project} onAdd={(added) => ofTiles((all) => [...all, placed(added, all)])} />
      )}
      {tile !== undefined && (
        <EditTile
          tile={tile}
          onClose={() => setEdited(undefined)}
          onDone={(part) => {
            setEdited(undefined);
            actions.onChange(tile.key, part);
          }}
        />
      )}
    </>
  );
}

const itemOf = ({ key, title, text, question, plan, layout }: KeyedTile): GridItem => ({
  key,
  name: title ?? (text === undefined ? (question ?? plan?.kind ?? 'tile') : 'the text'),
  box: layout,
  isText: text !== undefined,
});

const tileOf = (tiles: readonly KeyedTile[], key: string): KeyedTile =>
  tiles.find((tile) => tile.key === key)!;

/** Beside the last one where there is room, else below all. */
function placed(tile: Omit<Tile, 'layout'>, all: readonly KeyedTile[]): KeyedTile {
  const boxes = all.map(({ layout }) => layout);
  const [width, height] = tile.text === undefined ? [6, 5] : [6, 2];
  const last = boxes.at(-1);
  const isBeside =
    last !== undefined &&
    last.x + last.width + width <= columns &&
    !boxes.some((box) => box.y + box.height > last.y && box.x + box.width > last.x + last.width);
  const layout = isBeside
    ? { x: last.x + last.width, y: last.y, width, height }
    : { x: 0, y: below(boxes), width, height };
  return { ...tile, layout, key: newKey() };
}

interface EditTileProps {
  readonly tile: KeyedTile;
  readonly onDone: (part: Partial<KeyedTile>) => void;
  readonly onClose: () => void;
}

function EditTile({ tile, onDone, onClose }: EditTileProps) {
  const isText = tile.text !== undefined;
  return (
    <TextDialog
      title={isText ? 'Text' : 'Title of the tile'}
      label={isText ? 'Heading' : 'Title'}
      value={tile.title ?? ''}
      isNameRequired={false}
      {...(isText && { text: { label: 'Text', value: tile.text!, isRequired: true } })}
      action="Done"
      onClose={onClose}
      onDone={(title, text) => onDone({ title: title === '' ? undefined : title, ...(isText && { text }) })}
    />
  );
}
