/** Experiments that events name and nobody has set up: they can be looked at once they are. */
import { useNavigate } from '@tanstack/react-router';
import type { BreakdownData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { browserZone } from '../../format/dates.ts';
import type { Search } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Failure } from '../../ui/states.tsx';
import { exposures } from './experiment.ts';
import type { SavedExperiment } from './use-experiments.ts';
import { units } from './words.ts';

const range = '90d';
const idsMax = 50;

interface UnsetProps {
  readonly project: string;
  readonly known: readonly SavedExperiment[];
  readonly mayEdit: boolean;
}

export function Unset({ project, known, mayEdit }: UnsetProps) {
  const navigate = useNavigate();
  const { data, error, isError, refetch } = useAnswer<BreakdownData>(project, {
    kind: 'breakdown',
    range,
    timeZone: browserZone,
    by: ['experimentId'],
    filter: { and: [exposures, { field: 'experimentId', op: 'exists' }] },
    metrics: ['events', 'users'],
    limit: idsMax,
  });
  if (isError && data === undefined)
    return (
      <Card label="In the data">
        <Failure error={error} retry={() => refetch()} title="What the data has could not be loaded" />
      </Card>
    );
  const setUp = new Set(known.map(({ body }) => body.experimentId));
  const found = (data?.data.groups ?? []).flatMap(({ values: [value], other, users = 0 }) =>
    other || typeof value !== 'string' || setUp.has(value) ? [] : [{ id: value, users }],
  );
  if (found.length === 0) return null;
  return (
    <Card label="In the data" className="p-4">
      <h2 className="font-semibold">In the data, and not set up</h2>
      <p className="text-soft">
        Exposures of the last 90 days name these. Set one up to see its results; nothing is lost meanwhile.
      </p>
      <ul className="mt-2 divide-y divide-line">
        {found.map(({ id, users }) => (
          <li key={id} className="flex items-center gap-3 py-2">
            <div className="min-w-0 flex-1">
              <code className="block truncate font-mono text-[13px]" title={id}>
                {id}
              </code>
              <p className="tabular text-[13px] text-faint">{units(users, 'user')} exposed</p>
            </div>
            {mayEdit && (
              <Button
                small
                aria-label={`Set up ${id}`}
                onClick={() =>
                  navigate({
                    to: '.',
                    search: { 'set-up': 'yes', experiment: id } satisfies Search as never,
                  })
                }
              >
                Set up
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
