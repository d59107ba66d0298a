/** Whether an element is on the screen, or nearly: what nobody sees is not asked for. */
import { type RefObject, useEffect, useState } from 'react';

const margin = '200px';

export function useInView(element: RefObject<Element | null>): boolean {
  const [isIn, setIn] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new IntersectionObserver((entries) => setIn(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: margin,
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return isIn;
}
