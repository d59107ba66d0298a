/** Whether the screen is a phone’s: tiles stand under each other then. */
import { useSyncExternalStore } from 'react';

const query = '(max-width: 639px)';

const subscribe = (listener: () => void) => {
  const media = matchMedia(query);
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
};

export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(query).matches);
