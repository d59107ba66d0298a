/** What all rows of a filter share. */
import { X } from 'lucide-react';
import type { Scope } from '../fields/use-values.ts';
import type { PlanProblem } from '../kind.ts';
import type { Group, Node } from './filter-tree.ts';

/** What all rows of an editor know. */
export interface RowPlace {
  readonly project: string;
  readonly scope: Scope | undefined;
  readonly problem: PlanProblem | undefined;
  readonly isInCohort: boolean;
  readonly root: Group;
}

export interface PartProps<P extends Node> {
  readonly part: P;
  readonly at: RowPlace;
  /** Where it stands in the plan; undefined while it is incomplete. */
  readonly pointer: string | undefined;
  readonly onChange: (next: Node) => void;
  readonly onRemove: () => void;
}

export function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="ml-auto shrink-0 rounded p-1.5 text-faint hover:bg-sunken hover:text-ink"
    >
      <X aria-hidden className="size-4" />
    </button>
  );
}
