/** A board that somebody shared, for who has its link: to be looked at, over any range. `?embed=1` leaves everything but the tiles away. */
import { useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { PlanRange } from '../../explore/range.tsx';
import { ranges, type Search } from '../../state/view.ts';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { TileAnswer, turnsMax } from '../boards/answer-tile.tsx';
import { TextTile } from '../boards/board-tile.tsx';
import { Grid } from '../boards/grid.tsx';
import { TileFailure } from '../boards/tile-failure.tsx';
import { TileFrame } from '../boards/tile-frame.tsx';
import { atMost, type Turns } from '../boards/turns.ts';
import { useInView } from '../boards/use-in-view.ts';
import { PasswordForm } from './password-form.tsx';
import {
  type AskedRange,
  Guest,
  isShut,
  type SharedBoard,
  type SharedTile,
  useSharedAnswer,
  useSharedBoard,
} from './shared-api.ts';

export function Shared({ token }: { token: string }) {
  const guest = useMemo(() => new Guest(token), [token]);
  const { data, error, isError, refetch } = useSharedBoard(guest);
  const isEmbedded = (useSearch({ strict: false }) as Search).embed !== undefined;
  if (isError && isShut(error)) {
    if ('code' in error && error.code === 'share_locked') return <PasswordForm guest={guest} />;
    return <NoLonger />;
  }
  if (data === undefined)
    return (
      <main className="grid min-h-[60vh] place-items-center p-4">
        {isError ? (
          <Failure error={error} retry={() => refetch()} title="This board could not be loaded" />
        ) : (
          <Skeleton className="h-72 w-full max-w-4xl" />
        )}
      </main>
    );
  return <Board guest={guest} board={data} isEmbedded={isEmbedded} />;
}

function NoLonger() {
  return (
    <main className="grid min-h-[70vh] place-items-center">
      <Empty title="This link is no longer valid">
        It was revoked, or its time is over. Ask who gave it to you for a new one.
      </Empty>
    </main>
  );
}

interface BoardProps {
  readonly guest: Guest;
  readonly board: SharedBoard;
  readonly isEmbedded: boolean;
}

function Board({ guest, board, isEmbedded }: BoardProps) {
  const [range, setRange] = useState<AskedRange>({});
  const turns = useMemo(() => atMost(turnsMax), []);
  const items = useMemo(
    () =>
      board.tiles.map(({ tile, title, layout, text }) => ({
        key: String(tile),
        name: title ?? '',
        box: layout,
        isText: text !== undefined,
      })),
    [board],
  );
  const tileOf = (key: string) => board.tiles[Number(key)]!;
  return (
    <main className={isEmbedded ? 'p-2' : 'mx-auto max-w-7xl px-3 py-5 sm:px-6'}>
      {isEmbedded ? (
        <h1 className="sr-only">{board.name}</h1>
      ) : (
        <div className="mb-4 flex flex-wrap items-center gap-2">
          <div className="min-w-0 flex-1 basis-60">
            <h1 className="truncate text-lg font-semibold" title={board.name}>
              {board.name}
            </h1>
            {board.description !== null && <p className="text-soft">{board.description}</p>}
          </div>
          <GuestRange scope={board.scope} range={range} onRange={setRange} />
        </div>
      )}
      {board.tiles.length === 0 ? (
        <Empty title="This board is empty" />
      ) : (
        <Grid
          items={items}
          draw={(key) => (
            <Tile guest={guest} tile={tileOf(key)} range={range} version={board.version} turns={turns} />
          )}
        />
      )}
    </main>
  );
}

interface GuestRangeProps {
  readonly scope: SharedBoard['scope'];
  readonly range: AskedRange;
  readonly onRange: (range: AskedRange) => void;
}

function GuestRange({ scope, range, onRange }: GuestRangeProps) {
  const { timeZone, ...own } = scope;
  const shown = Object.keys(range).length === 0 ? own : range;
  return (
    <PlanRange
      plan={{ kind: 'summary', ...shown, ...(timeZone !== undefined && { timeZone }) }}
      none="As each tile says"
      isZoneFixed
      onChange={({ range: name, from, to }) => {
        if (typeof name === 'string' && name in ranges) onRange({ range: name });
        else if (from !== undefined) onRange({ from: String(from), to: String(to) });
        else onRange({});
      }}
    />
  );
}

interface TileProps {
  readonly guest: Guest;
  readonly tile: SharedTile;
  readonly range: AskedRange;
  readonly version: number;
  readonly turns: Turns;
}

const problems = {
  question_gone: 'The question of this tile was deleted.',
  not_shared: 'Lists of events and of people are not shown to guests.',
} as const;

function Tile(props: TileProps) {
  const { title, text, problem } = props.tile;
  return (
    <TileFrame title={title ?? ''}>
      {text !== undefined ? (
        <TextTile text={text} isTitled={title !== null} />
      ) : problem !== undefined ? (
        <p className="grid h-full place-items-center p-4 text-center text-faint">{problems[problem]}</p>
      ) : (
        <AskedTile {...props} />
      )}
    </TileFrame>
  );
}

function AskedTile({ guest, tile: { tile, view }, range, version, turns }: TileProps) {
  const element = useRef<HTMLDivElement>(null);
  const isSeen = useInView(element);
  const { data, error, isError, isPlaceholderData, refetch } = useSharedAnswer({
    ...{ guest, tile, range, version, isSeen, turns },
  });
  return (
    <div ref={element} className="h-full">
      {isError ? (
        <TileFailure error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Skeleton className="mx-4 mb-4 h-[calc(100%-1rem)]" />
      ) : (
        <TileAnswer project="" {...data} view={view ?? undefined} isOld={isPlaceholderData} />
      )}
    </div>
  );
}
