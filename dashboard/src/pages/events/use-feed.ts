/** The newest events of a plan, then what comes in, then older ones when they are asked for. */
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useReducer, useRef, useState } from 'react';
import type { EventsData } from '../../../../src/query/wire.ts';
import { ask, type PlanInput } from '../../api/questions.ts';
import { watch } from '../../api/stream.ts';
import { emptyFeed, type Feed, feedAfter, pageSize } from './feed.ts';

interface FeedOptions {
  /** Whether newer events are asked for. */
  readonly isFollowing: boolean;
  /** Whether the list stands still. */
  readonly isHeld: boolean;
}

export interface UsedFeed {
  readonly feed: Feed;
  /** Of the first page; `error`: why there is none. */
  readonly first: { readonly isPending: boolean; readonly error: Error | null; readonly refetch: () => void };
  /** The rows are of the question before. */
  readonly isOld: boolean;
  readonly isConnected: boolean;
  readonly showNewest: () => void;
  readonly older: { readonly load: () => void; readonly isPending: boolean; readonly error: Error | null };
}

export function useFeed(project: string, scope: PlanInput, { isFollowing, isHeld }: FeedOptions): UsedFeed {
  const plan: PlanInput = { ...scope, limit: pageSize };
  const asked = JSON.stringify(plan);
  const [feed, dispatch] = useReducer(feedAfter, emptyFeed);
  const [isConnected, setConnected] = useState(false);
  const held = useRef(isHeld);
  const first = useQuery({
    queryKey: ['feed', project, plan],
    queryFn: ({ signal }) => ask<EventsData>(project, plan, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
    // the list is kept new by what is told, and must not jump when one comes back to the page
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const isOld = first.isPlaceholderData;
  const page = isOld ? undefined : first.data?.data;
  useEffect(() => {
    if (page !== undefined) dispatch({ kind: 'begun', page });
  }, [page]);
  useEffect(() => {
    held.current = isHeld;
    if (!isHeld) dispatch({ kind: 'released' });
  }, [isHeld]);
  const isReady = page !== undefined;
  useEffect(() => {
    if (!isFollowing || !isReady) return;
    const stop = watch<EventsData>(project, JSON.parse(asked) as PlanInput, ({ answer, isLive }) => {
      setConnected(isLive);
      if (answer !== undefined) dispatch({ kind: 'told', page: answer.data, isHeld: held.current });
    });
    return () => {
      stop();
      setConnected(false);
    };
  }, [project, asked, isFollowing, isReady]);
  const current = useRef(asked);
  current.current = asked;
  const older = useMutation({
    mutationFn: ({ after }: { after: string; asked: string }) => ask<EventsData>(project, { ...plan, after }),
    // of another question by now, it belongs to no list
    onSuccess: ({ data }, of) => of.asked === current.current && dispatch({ kind: 'older', page: data }),
  });
  return {
    feed,
    first: {
      isPending: first.isPending || !feed.isBegun,
      error: first.data === undefined ? first.error : null,
      refetch: () => void first.refetch(),
    },
    isOld,
    isConnected,
    showNewest: () => dispatch({ kind: 'shown' }),
    older: {
      load: () => feed.next !== undefined && older.mutate({ after: feed.next, asked }),
      isPending: older.isPending,
      error: older.error,
    },
  };
}
