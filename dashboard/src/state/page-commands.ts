/** What the page that is open can do, for the palette to offer: a page gives its commands while it is shown. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { type RangeName, ranges } from './view.ts';

export interface PageCommand {
  /** Unique on its page. */
  readonly id: string;
  readonly label: string;
  /** What it is a choice of: Range, Chart … */
  readonly group: string;
  readonly isChosen?: boolean;
  readonly run: () => void;
}

type Commands = readonly PageCommand[];

let offered: readonly Commands[] = [];
let all: Commands = [];
const listeners = new Set<() => void>();

function change(next: readonly Commands[]): void {
  offered = next;
  all = next.flat();
  for (const listener of listeners) listener();
}

/** Keep the array between renders: each new one is offered anew. */
export function usePageCommands(commands: Commands): void {
  useEffect(() => {
    change([...offered, commands]);
    return () => change(offered.filter((each) => each !== commands));
  }, [commands]);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useOfferedCommands = (): Commands => useSyncExternalStore(subscribe, () => all);

/** For pages with a range. `chosen`: undefined for two days of one's own. */
export function usePageRange(chosen: string | undefined, choose: (range: RangeName) => void): void {
  const latest = useRef(choose);
  useEffect(() => {
    latest.current = choose;
  });
  useEffect(() => {
    const commands = (Object.keys(ranges) as RangeName[]).map((range) => ({
      id: `range ${range}`,
      label: ranges[range],
      group: 'Range',
      isChosen: range === chosen,
      run: () => latest.current(range),
    }));
    change([...offered, commands]);
    return () => change(offered.filter((each) => each !== commands));
  }, [chosen]);
}
