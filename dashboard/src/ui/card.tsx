import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export function Card({
  children,
  className,
  label,
}: {
  children: ReactNode;
  className?: string;
  label?: string;
}) {
  return (
    <section aria-label={label} className={classes('rounded-xl border border-line bg-card', className)}>
      {children}
    </section>
  );
}
