/**
 * Answers that follow the data: one stream a page, opened anew when it breaks, with the id of the answer that is already here. While there is
 * no stream the page asks now and then.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Answer, AnswerData } from '../../../src/query/wire.ts';
import { answerKey, ask, type PlanInput } from './questions.ts';

const againMsMin = 1_000;
const againMsMax = 10_000;
/** A page is not drawn anew more often. */
const refreshMsMin = 5_000;

export interface Watching<Data extends AnswerData> {
  readonly answer: Answer<Data> | undefined;
  readonly isLive: boolean;
}

/** Keeps the answer to `plan`, and asks everything else of the page again when it has changed. */
export function useWatched<Data extends AnswerData>(project: string, plan: PlanInput): Watching<Data> {
  const client = useQueryClient();
  const [watching, setWatching] = useState<Watching<Data>>({ answer: undefined, isLive: false });
  const asked = JSON.stringify(plan);
  useEffect(() => {
    let refreshedAt = Date.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      refreshedAt = Date.now();
      if (document.visibilityState === 'visible')
        void client.invalidateQueries({ queryKey: answerKey(project) });
    };
    const stop = watch<Data>(project, JSON.parse(asked) as PlanInput, (next) => {
      setWatching(next);
      // what changes soon after waits for its turn: it may be the last change for long
      if (next.isLive) timer ??= setTimeout(refresh, Math.max(0, refreshedAt + refreshMsMin - Date.now()));
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client, project, asked]);
  return watching;
}

/** Tells each answer to `plan` until the function that it gives is called. */
export function watch<Data extends AnswerData>(
  project: string,
  plan: PlanInput,
  tell: (watching: Watching<Data>) => void,
): () => void {
  const stop = new AbortController();
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let lastId = '';
  let answer: Answer<Data> | undefined;
  const again = async () => {
    source?.close();
    if (failures > 0) answer = (await ask<Data>(project, plan, stop.signal).catch(() => undefined)) ?? answer;
    if (stop.signal.aborted) return;
    tell({ answer, isLive: false });
    const waitMs = Math.min(againMsMax, againMsMin * 2 ** failures) * (0.5 + Math.random() / 2);
    failures += 1;
    timer = setTimeout(open, waitMs);
  };
  const open = () => {
    const parameters = new URLSearchParams({
      project,
      plan: JSON.stringify(plan),
      ...(lastId !== '' && { lastEventId: lastId }),
    });
    source = new EventSource(`/api/v1/stream?${parameters}`);
    source.addEventListener('message', (message) => {
      failures = 0;
      lastId = message.lastEventId;
      answer = JSON.parse(message.data as string) as Answer<Data>;
      tell({ answer, isLive: true });
    });
    // it would come back by itself, but at once and with the id that it began with
    source.addEventListener('error', again);
  };
  open();
  return () => {
    stop.abort();
    clearTimeout(timer);
    source?.close();
  };
}
