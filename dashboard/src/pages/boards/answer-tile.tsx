/** The answer on a tile, asked as soon as it is on the screen and its turn has come. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { createContext, memo, useContext, useRef } from 'react';
import type { Answer } from '../../../../src/query/wire.ts';
import { answerKey, ask, type PlanInput } from '../../api/questions.ts';
import { AnswerView } from '../../explore/answer-view.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { formOf, type KeyedTile, type TileView, viewOf } from './board.ts';
import { useTileQuestion } from './questions.ts';
import { type BoardScope, scoped } from './scope.ts';
import { TileFailure } from './tile-failure.tsx';
import { TileScroll } from './tile-scroll.tsx';
import { atMost, type Turns } from './turns.ts';
import { useInView } from './use-in-view.ts';

/** Questions of one board at the same time: the server has others to serve. */
export const turnsMax = 4;
/** Beside the page’s stream, which says when there is news. */
const refreshMs = 60_000;

export const TurnsContext = createContext<Turns>(atMost(turnsMax));

interface AnswerTileProps {
  readonly project: string;
  readonly tile: KeyedTile;
  readonly scope: BoardScope;
}

export const AnswerTile = memo(function AnswerTile({ project, tile, scope }: AnswerTileProps) {
  const element = useRef<HTMLDivElement>(null);
  const isSeen = useInView(element);
  const question = useTileQuestion(tile);
  return (
    <div ref={element} className="h-full">
      {question.error !== undefined ? (
        <TileFailure error={question.error} />
      ) : question.plan === undefined ? (
        <Skeleton className="mx-4 mb-4 h-[calc(100%-1rem)]" />
      ) : (
        <Asked project={project} plan={scoped(question.plan, scope)} view={question.view} isSeen={isSeen} />
      )}
    </div>
  );
});

interface AskedProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly view: TileView | undefined;
  readonly isSeen: boolean;
}

function Asked({ project, plan, view, isSeen }: AskedProps) {
  const turns = useContext(TurnsContext);
  const { data, error, isError, isPlaceholderData, refetch } = useQuery({
    queryKey: [...answerKey(project), 'tile', plan],
    queryFn: async ({ signal }) => ({ plan, answer: await turns(signal, () => ask(project, plan, signal)) }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
    enabled: isSeen,
  });
  if (isError) return <TileFailure error={error} retry={() => refetch()} />;
  if (data === undefined) return <Skeleton className="mx-4 mb-4 h-[calc(100%-1rem)]" />;
  return <TileAnswer project={project} {...data} view={view} isOld={isPlaceholderData} />;
}

interface TileAnswerProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly answer: Answer;
  readonly view: TileView | undefined;
  /** Of what was asked before; the new one is on its way. */
  readonly isOld: boolean;
}

export function TileAnswer({ project, plan, answer, view, isOld }: TileAnswerProps) {
  return (
    <TileScroll className={isOld ? 'opacity-60' : ''} isBusy={isOld}>
      <AnswerView
        project={project}
        plan={plan}
        answer={answer}
        form={formOf(view)}
        view={viewOf(view)}
        isTile
      />
    </TileScroll>
  );
}
