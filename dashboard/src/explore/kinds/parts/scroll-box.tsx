/** What is wider than the page scrolls within itself, by keyboard too. */
import type { ReactNode } from 'react';
import { classes } from '../../../ui/classes.ts';

export function ScrollBox({
  label,
  children,
  className,
}: {
  label: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      className={classes('min-w-0 overflow-x-auto overflow-y-hidden', className)}
    >
      {children}
    </section>
  );
}
