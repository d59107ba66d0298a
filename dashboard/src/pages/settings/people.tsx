/** Who may see this project. */
import { usePeople } from '../../api/house.ts';
import { Card } from '../../ui/card.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';

export function People({ project }: { project: string }) {
  const { data, error, isError, refetch } = usePeople(project);
  return (
    <Card label="People" className="p-4">
      <h2 className="mb-2 font-semibold">People</h2>
      {isError ? (
        <Failure error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Skeleton className="h-16" />
      ) : (
        <ul className="divide-y divide-line">
          {data.map(({ id, email, name, roles, memberships }) => (
            <li key={id} className="flex items-center gap-3 py-2">
              <span className="min-w-0 flex-1 truncate font-medium">{email ?? name ?? id}</span>
              <span className="text-soft">
                {roles?.[project] ?? memberships?.find((each) => each.project === project)?.role}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-2 text-[13px] text-faint">
        Whoever runs the server adds people:{' '}
        <code className="font-mono">
          npx millrace users add ada@example.com --role viewer --project {project}
        </code>
      </p>
    </Card>
  );
}
