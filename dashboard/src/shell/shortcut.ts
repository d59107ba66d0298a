/** The keys that open the palette, and how this reader's keyboard names them. */
import { useEffect } from 'react';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const paletteKeys = isMac ? '⌘K' : 'Ctrl K';

export function usePaletteKeys(onPress: () => void): void {
  useEffect(() => {
    const listen = (pressed: KeyboardEvent) => {
      const isPair = (pressed.ctrlKey || pressed.metaKey) && !pressed.altKey && !pressed.shiftKey;
      if (!isPair || pressed.key.toLowerCase() !== 'k') return;
      pressed.preventDefault();
      onPress();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [onPress]);
}
