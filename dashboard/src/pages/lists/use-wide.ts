/** Whether there is room for more than one column; the same width as Tailwind's `sm`. */
import { useSyncExternalStore } from 'react';

const wide = matchMedia('(min-width: 40rem)');

const subscribe = (listener: () => void) => {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
};

export const useWide = (): boolean => useSyncExternalStore(subscribe, () => wide.matches);
