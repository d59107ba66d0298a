/**
 * A plan’s filter: one line a condition, groups where they are needed. What is incomplete stays in the editor and is not asked about. A filter
 * that comes from elsewhere (another page, the address) takes the place of what is here.
 */
import { useEffect, useRef, useState } from 'react';
import type { Scope } from '../fields/use-values.ts';
import type { PlanProblem } from '../kind.ts';
import { type Filter, filterOf, type Group, treeOf } from './filter-tree.ts';
import { GroupRows } from './group-rows.tsx';

export interface FilterEditorProps {
  readonly project: string;
  /** Undefined: every event. */
  readonly value: unknown;
  readonly onChange: (filter: Filter | undefined) => void;
  readonly label: string;
  /** Range and zone of the question, for what is suggested. */
  readonly scope?: Scope | undefined;
  /** Where `value` stands in the plan, and what is wrong in the plan: shown where it is within the filter. */
  readonly pointer?: string;
  readonly problem?: PlanProblem | undefined;
  /** Within a cohort no other may stand. */
  readonly isInCohort?: boolean;
}

export function FilterEditor(props: FilterEditorProps) {
  const { value, onChange, label, pointer = '/filter', problem, project, scope, isInCohort = false } = props;
  const [tree, setTree] = useState<Group>(() => treeOf(value));
  const told = useRef(JSON.stringify(value));
  const given = JSON.stringify(value);
  useEffect(() => {
    if (given === told.current) return;
    told.current = given;
    setTree(treeOf(given === undefined ? undefined : JSON.parse(given)));
  }, [given]);
  const change = (next: Group) => {
    setTree(next);
    const filter = filterOf(next);
    const text = JSON.stringify(filter);
    if (text === told.current) return;
    told.current = text;
    onChange(filter);
  };
  return (
    <fieldset aria-label={label} className="grid min-w-0 gap-1.5">
      <GroupRows
        group={tree}
        onChange={change}
        at={{ project, scope, problem, isInCohort, root: tree }}
        pointer={pointer}
        isRoot
      />
    </fieldset>
  );
}
