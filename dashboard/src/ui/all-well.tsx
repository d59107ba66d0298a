/** One calm line where a list of troubles would stand, and there are none. */
import { CheckCircle2 } from 'lucide-react';
import type { ReactNode } from 'react';

export function AllWell({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-soft">
      <CheckCircle2 aria-hidden className="mt-px size-[18px] shrink-0 text-good" />
      <span>{children}</span>
    </p>
  );
}
