/** A segment that the address names and nobody keeps: said once, in place of an error in every card. */
import { type SegmentBody, useSaved } from '../../api/saved.ts';
import { type Condition, conditionText, toggled } from '../../state/conditions.ts';
import type { View } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/states.tsx';
import type { PartProps } from './overview.tsx';

/** Undefined: all that are named are there, or it is not known yet. */
export function useGoneSegment(project: string, { conditions }: View): Condition | undefined {
  const named = conditions.filter(({ operator }) => operator === 'named');
  const { data } = useSaved<SegmentBody>(project, 'segment', { enabled: named.length > 0 });
  return named.find(
    (each) => data !== undefined && !data.some(({ id }) => conditionText(each) === `segment:${id}`),
  );
}

export function GoneSegment({ gone, view, onChange }: PartProps & { gone: Condition }) {
  return (
    <Card>
      <Empty title="The segment of this link is not there any more">
        <p className="mb-3">Somebody deleted it, or it was of another project.</p>
        <Button onClick={() => onChange({ conditions: toggled(view.conditions, gone) })}>
          Look without it
        </Button>
      </Empty>
    </Card>
  );
}
