/** Which events: the type of event first, as that is what people mean nearly always, then whatever else must hold. */

import type { Scope } from '../fields/use-values.ts';
import { ValuePicker } from '../fields/value-picker.tsx';
import type { PlanProblem } from '../kind.ts';
import { eventIn, withEvent } from './event-in.ts';
import { FilterEditor } from './filter-editor.tsx';
import type { Filter } from './filter-tree.ts';

interface EventFilterProps {
  readonly project: string;
  /** Undefined: any event. */
  readonly value: unknown;
  readonly onChange: (filter: Filter | undefined) => void;
  readonly label: string;
  readonly scope?: Scope | undefined;
  readonly pointer?: string;
  readonly problem?: PlanProblem | undefined;
  /** What else must hold is edited elsewhere. */
  readonly isEventOnly?: boolean;
}

const anyEvent = '';

export function EventFilter(props: EventFilterProps) {
  const { project, value, onChange, label, scope, pointer = '/filter', problem, isEventOnly = false } = props;
  const { event, rest } = eventIn(value);
  const restParts = Array.isArray(rest?.and) ? (rest.and as readonly Filter[]) : undefined;
  return (
    <div className="grid min-w-0 gap-1.5">
      <ValuePicker
        project={project}
        field="type"
        value={event}
        onChange={(next) => onChange(withEvent(next === anyEvent ? undefined : String(next), rest))}
        label={label}
        scope={scope}
        placeholder="Any event"
        first={[{ value: JSON.stringify(anyEvent), label: 'Any event' }]}
        className="w-full"
      />
      {!isEventOnly && (
        <FilterEditor
          project={project}
          value={rest}
          onChange={(next) => onChange(withEvent(event, next))}
          label={`Conditions of ${label}`}
          scope={scope}
          pointer={pointer}
          problem={problem && moved(problem, pointer, event !== undefined, restParts !== undefined)}
        />
      )}
    </div>
  );
}

/** The rest stands behind the event in the plan, and at the place of the whole in its own editor. */
function moved(problem: PlanProblem, pointer: string, hasEvent: boolean, isJoined: boolean): PlanProblem {
  if (!hasEvent) return problem;
  const found = /^\/and\/(\d+)(.*)$/s.exec(problem.pointer.slice(pointer.length));
  if (!problem.pointer.startsWith(pointer) || found === null || found[1] === '0') return problem;
  const place = isJoined ? `/and/${Number(found[1]) - 1}` : '';
  return { ...problem, pointer: `${pointer}${place}${found[2]}` };
}
