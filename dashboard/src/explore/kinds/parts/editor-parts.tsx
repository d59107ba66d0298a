/** What the editors of the kinds are made of: sections, labels, choices. */
import type { ReactNode } from 'react';
import { type Choice, ChoiceMenu } from '../../../ui/menu.tsx';

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid min-w-0 gap-2">
      <h3 className="text-[13px] font-medium text-soft">{title}</h3>
      {children}
    </section>
  );
}

/** A label over something that is no single input. */
export function Labeled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 justify-items-start gap-1">
      <span className="text-[13px] font-medium text-soft">{label}</span>
      {children}
    </div>
  );
}

interface LabeledMenuProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChoose: (value: T) => void;
}

export function LabeledMenu<T extends string>(props: LabeledMenuProps<T>) {
  return (
    <Labeled label={props.label}>
      <ChoiceMenu {...props} align="start" />
    </Labeled>
  );
}
