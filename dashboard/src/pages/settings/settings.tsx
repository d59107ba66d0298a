/** Keys of the project, who may see it, and a project of one's own. */
import type { Role } from '../../api/session.ts';
import { useSession } from '../../api/session.ts';
import { Empty } from '../../ui/states.tsx';
import { Account } from './account.tsx';
import { Keys } from './keys.tsx';
import { NewProject } from './new-project.tsx';
import { People } from './people.tsx';

export function Settings({ project }: { project: string }) {
  const session = useSession();
  const found = session?.projects.find(({ id }) => id === project);
  if (session === null || found === undefined) return null;
  const role: Role = found.role;
  return (
    <div className="grid grid-cols-1 gap-4">
      <h1 className="text-lg font-semibold">Settings of {found.name}</h1>
      {role === 'admin' ? (
        <>
          <Keys project={project} />
          <People project={project} />
        </>
      ) : (
        <Empty title="Keys and people are kept by administrators">
          Ask one of them, or whoever runs the server, for the role admin.
        </Empty>
      )}
      <Account session={session} />
      <NewProject />
    </div>
  );
}
