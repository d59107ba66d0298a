/** The board alone on the whole screen. Where the browser has no such mode, the page is filled all the same. */
import { useCallback, useEffect, useState } from 'react';

export function useFullScreen(): readonly [boolean, (isFull: boolean) => void] {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const left = () => document.fullscreenElement === null && setFull(false);
    document.addEventListener('fullscreenchange', left);
    return () => document.removeEventListener('fullscreenchange', left);
  }, []);
  // in full screen of the browser Escape is its own; where that was refused it is ours
  useEffect(() => {
    if (!isFull) return;
    const key = ({ key }: KeyboardEvent) =>
      key === 'Escape' && document.querySelector('[role=dialog]') === null && setFull(false);
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, [isFull]);
  const change = useCallback((next: boolean) => {
    setFull(next);
    // all of the document, so that menus are on it, too
    if (next) void document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => {});
  }, []);
  return [isFull, change];
}
