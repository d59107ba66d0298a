/** The questions that somebody waited long for, with what they read, and a way to ask them again. */
import { Link } from '@tanstack/react-router';
import { type SlowQuestion, useSlowQuestions } from '../../api/operations.ts';
import { useSession } from '../../api/session.ts';
import { exploreSearch } from '../../explore/question-link.ts';
import { ago, browserZone, dayAndClock } from '../../format/dates.ts';
import { decimalNumber, fullNumber } from '../../format/numbers.ts';
import { AllWell } from '../../ui/all-well.tsx';
import { Card } from '../../ui/card.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';

const firstShown = 5;
/** Those that Explore can ask again. */
const explored = new Set(['summary', 'trend', 'breakdown', 'funnel', 'retention', 'paths', 'sessions']);

export function SlowQuestions({ project }: { project: string }) {
  const { data, error, isError, refetch } = useSlowQuestions(project);
  return (
    <Card label="Slow questions" className="p-4">
      <h2 className="font-semibold">Slow questions</h2>
      <p className="mb-2 text-[13px] text-faint">
        Those that took a second or longer, of all projects, since this server started; its last hundred.
      </p>
      {data === undefined ? (
        isError ? (
          <Failure error={error} retry={() => refetch()} />
        ) : (
          <Skeleton className="h-24" />
        )
      ) : data.length === 0 ? (
        <AllWell>None: every question was answered within a second.</AllWell>
      ) : (
        <>
          <List questions={data.slice(0, firstShown)} />
          {data.length > firstShown && (
            <details className="border-t border-line pt-2">
              <summary className="cursor-pointer text-soft">
                {fullNumber(data.length - firstShown)} earlier ones
              </summary>
              <List questions={data.slice(firstShown)} />
            </details>
          )}
        </>
      )}
    </Card>
  );
}

function List({ questions }: { questions: readonly SlowQuestion[] }) {
  const now = Date.now();
  return (
    <ul className="divide-y divide-line">
      {questions.map((question, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may end in the same millisecond
        <Row key={`${question.at} ${index}`} question={question} now={now} />
      ))}
    </ul>
  );
}

function Row({ question, now }: { question: SlowQuestion; now: number }) {
  const { at, project, kind, durationMs, plan } = question;
  const projects = useSession()?.projects ?? [];
  const name = projects.find(({ id }) => id === project)?.name;
  return (
    <li className="flex items-baseline gap-3 py-2">
      <span className="tabular w-16 shrink-0 text-right font-medium">
        {decimalNumber(durationMs / 1_000)} s
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate">
          {plan !== null && name !== undefined && explored.has(kind) ? (
            <Link
              to="/p/$project/explore"
              params={{ project }}
              search={exploreSearch(plan) as never}
              className="font-medium text-accent hover:underline"
            >
              {kind}
            </Link>
          ) : (
            <span className="font-medium">{kind}</span>
          )}{' '}
          <span className="text-soft">in {name ?? project}</span>
        </p>
        <p className="text-[13px] break-words text-faint">{endText(question)}</p>
      </div>
      <span className="shrink-0 text-[13px] text-faint" title={dayAndClock(at, browserZone)}>
        {ago(at, now)}
      </span>
    </li>
  );
}

const ends: Readonly<Record<string, string>> = {
  over_time: 'Broken off: over its time',
  over_memory: 'Broken off: over its memory',
  over_rows: 'Broken off: over its rows',
  question_cancelled: 'Whoever asked went away',
  store_unavailable: 'The store was away',
  questions_too_many: 'Refused: too many waited',
  questions_overloaded: 'Refused: too many waited',
};

function endText({ outcome, source, rowsRead }: SlowQuestion): string {
  if (outcome !== 'answered') return ends[outcome] ?? `Failed: ${outcome}`;
  const rows = rowsRead === null ? '' : `${fullNumber(rowsRead)} rows read`;
  return [rows, source === null ? '' : `from ${source}`].filter(Boolean).join(' ');
}
