/** What a tile holds: it scrolls where there is more of it than room, and can then be reached by keyboard. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { classes } from '../../ui/classes.ts';

interface TileScrollProps {
  readonly children: ReactNode;
  readonly className?: string;
  readonly isBusy?: boolean;
}

export function TileScroll({ children, className, isBusy = false }: TileScrollProps) {
  const outer = useRef<HTMLElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const [around, within] = [outer.current, inner.current];
    if (around === null || within === null) return;
    const look = () =>
      setScrolls(around.scrollHeight > around.clientHeight || around.scrollWidth > around.clientWidth);
    const observer = new ResizeObserver(look);
    observer.observe(around);
    observer.observe(within);
    return () => observer.disconnect();
  }, []);
  return (
    <section
      ref={outer}
      aria-busy={isBusy}
      {...(scrolls && { tabIndex: 0, 'aria-label': 'What this tile shows' })}
      className={classes('h-full overflow-auto px-4 pb-3 transition-opacity', className)}
    >
      <div ref={inner} className="h-full">
        {children}
      </div>
    </section>
  );
}
