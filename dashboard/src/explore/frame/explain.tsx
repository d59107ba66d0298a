/** How the answer was found: asked once more with `explain`, which tells tables, passes, rows, time, and what the cache did. */
import { useQuery } from '@tanstack/react-query';
import type { AnswerMeta } from '../../../../src/query/wire.ts';
import { ask, type PlanInput } from '../../api/questions.ts';
import { fullNumber } from '../../format/numbers.ts';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { trustWords } from './trust.tsx';

export function Explain({ project, plan }: { project: string; plan: PlanInput }) {
  const { data, error, isError, refetch } = useQuery({
    queryKey: ['explain', project, plan],
    queryFn: async ({ signal }) => (await ask(project, { ...plan, explain: true }, signal)).meta,
  });
  return (
    <section aria-label="How it was found" className="border-t border-line px-4 py-3">
      <h3 className="mb-1 font-medium">How it was found</h3>
      {isError ? (
        <Failure error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Skeleton className="h-24" />
      ) : (
        <Facts meta={data} />
      )}
    </section>
  );
}

const cacheWords: Readonly<Record<string, string>> = {
  hit: 'computed before and kept',
  miss: 'computed now, and kept for the next one',
  shared: 'computed once for several who asked at the same time',
  stale: 'an older answer, as the store is away',
  none: 'read anew each time',
};

function Facts({
  meta: { explain, approximate, error, sample, rowsRead, durationMs, source },
}: {
  meta: AnswerMeta;
}) {
  const facts: readonly (readonly [string, string])[] = [
    ['Tables', explain?.tables.join(', ') || source],
    ['Rows read', fullNumber(explain?.rowsRead ?? rowsRead)],
    ['Computed in', `${Math.round(explain?.computedInMs ?? durationMs)} ms`],
    ['Waited for', `${Math.round(durationMs)} ms`],
    ['Cache', cacheWords[explain?.cache ?? ''] ?? '–'],
    ['Numbers', trustWords(approximate, error, sample)],
  ];
  return (
    <>
      <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
        {facts.map(([name, value]) => (
          <div key={name} className="flex min-w-0 gap-2">
            <dt className="w-28 shrink-0 text-faint">{name}</dt>
            <dd className="tabular min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {explain !== undefined && explain.passes.length > 0 && (
        <ol aria-label="Steps" className="mt-2 list-decimal pl-5 text-soft">
          {explain.passes.map((pass) => (
            <li key={pass} className="break-words">
              {pass}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
