/** At most so many at a time, in the order in which they came; who has gone meanwhile gives up their turn. */

export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

export function atMost(count: number): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];
  const next = () => {
    running--;
    waiting.shift()?.();
  };
  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        running++;
        resolve();
      };
      const leave = () => {
        const at = waiting.indexOf(begin);
        if (at >= 0) waiting.splice(at, 1);
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      if (running < count) return begin();
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(begin);
    });
  return async (signal, work) => {
    await turn(signal);
    try {
      return await work();
    } finally {
      next();
    }
  };
}
