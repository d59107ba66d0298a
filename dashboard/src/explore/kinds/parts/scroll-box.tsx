/** What is wider than the page scrolls within itself, by keyboard too. */
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { classes } from '../../../ui/classes.ts';

interface ScrollBoxProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
  /** Begins at its right end. */
  readonly isFromEnd?: boolean;
}

export function ScrollBox({ label, children, className, isFromEnd = false }: ScrollBoxProps) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (isFromEnd && box.current !== null) box.current.scrollLeft = box.current.scrollWidth;
  }, [isFromEnd]);
  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      className={classes('min-w-0 overflow-x-auto overflow-y-hidden', className)}
    >
      {children}
    </section>
  );
}
