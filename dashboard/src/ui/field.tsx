/** A label over whatever is typed into. */
import type { ReactNode } from 'react';

export const inputBox = 'h-9 w-full min-w-0 rounded-md border border-line bg-card px-2.5';

export function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label className="grid gap-1">
      <span className="text-[13px] font-medium text-soft">{label}</span>
      {children}
      {hint !== undefined && <span className="text-[13px] text-faint">{hint}</span>}
    </label>
  );
}
