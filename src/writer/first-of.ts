/** Waiting for whichever comes first, without leaving the others behind. */

/**
 * Settles as the first of the given promises does; then aborts the signal that they were made with. That signal also
 * aborts when `outer` does.
 */
export async function firstOf<T>(
  outer: AbortSignal,
  make: (signal: AbortSignal) => readonly Promise<T>[],
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (outer.aborted) abort();
  outer.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race(make(controller.signal));
  } finally {
    outer.removeEventListener('abort', abort);
    abort();
  }
}
