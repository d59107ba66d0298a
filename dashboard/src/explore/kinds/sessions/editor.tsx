/** By what sessions are told apart. */
import type { PlanInput } from '../../../api/questions.ts';
import type { EditorProps } from '../../kind.ts';
import { ProblemAt } from '../../problem.tsx';
import { ByField } from '../parts/by-field.tsx';
import { LabeledMenu } from '../parts/editor-parts.tsx';
import { numberChoices } from '../parts/numbers.ts';
import { withMembers } from '../parts/plan-parts.ts';
import { dimensionOf, limitOf, pages } from './sessions-plan.ts';

const limitChoices = [5, 10, 20, 50, 100];

export default function SessionsEditor({ project, plan, onChange, problem }: EditorProps) {
  const change = (changes: Partial<PlanInput>) => onChange(withMembers(plan, changes));
  const dimension = dimensionOf(plan);
  const limit = limitOf(plan);
  return (
    <div className="grid min-w-0 gap-5">
      <div className="grid gap-1">
        <ByField
          project={project}
          label="Tell apart by"
          value={dimension}
          more={pages}
          onChange={(next) => change({ by: next === undefined ? undefined : { dimension: next, limit } })}
        />
        <p className="text-[13px] text-faint">Fields are those of the first event of a session.</p>
        <ProblemAt problem={problem} pointer="/by" />
      </div>
      {dimension !== undefined && (
        <LabeledMenu
          label="Rows"
          value={String(limit)}
          choices={numberChoices(limitChoices, limit)}
          onChoose={(next) => change({ by: { dimension, limit: Number(next) } })}
        />
      )}
    </div>
  );
}
