/** A value that follows what is typed with a delay, so that not every letter is asked about. */
import { useEffect, useState } from 'react';

/** `value` once it has been the same for `ms`. */
export function useDebounced<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
