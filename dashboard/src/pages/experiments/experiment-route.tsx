import { createLazyRoute, Link, useParams, useSearch } from '@tanstack/react-router';
import { ApiError } from '../../api/client.ts';
import type { Search } from '../../state/view.ts';
import { Card } from '../../ui/card.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { Results } from './results.tsx';
import { SetUp } from './set-up.tsx';
import { useExperiment } from './use-experiments.ts';

function Page() {
  const { project, experiment } = useParams({ from: '/signed-in/p/$project/experiments/$experiment' });
  const { edit } = useSearch({ strict: false }) as Search;
  const { data, error, isError, refetch } = useExperiment(project, experiment);
  if (isError && data === undefined) {
    const isGone = error instanceof ApiError && error.status === 404;
    return (
      <Card>
        <h1 className="sr-only">Experiment</h1>
        {isGone ? (
          <Empty title="There is no such experiment">
            Somebody may have deleted it.{' '}
            <Link to="/p/$project/experiments" params={{ project }} className="text-accent underline">
              To the experiments
            </Link>
          </Empty>
        ) : (
          <Failure error={error} retry={() => refetch()} title="This experiment could not be loaded" />
        )}
      </Card>
    );
  }
  if (data === undefined) return <Skeleton className="h-96" />;
  return edit === undefined ? (
    <Results key={data.id} project={project} saved={data} />
  ) : (
    <SetUp key={data.id} project={project} saved={data} experimentId={data.body.experimentId} />
  );
}

export const route = createLazyRoute('/signed-in/p/$project/experiments/$experiment')({ component: Page });
