/** Links to what uses something. */
import { Link } from '@tanstack/react-router';
import type { Use } from './uses.ts';

const kindNames: Readonly<Record<string, string>> = { dashboard: 'Board' };
const linkClass = 'truncate text-accent hover:underline';

export function UseList({ project, uses }: { project: string; uses: readonly Use[] }) {
  return (
    <ul className="grid max-h-60 gap-1 overflow-y-auto">
      {uses.map((use) => (
        <li key={`${use.kind} ${use.id}`} className="flex min-w-0 gap-2">
          <UseLink project={project} use={use} />
          <span className="text-faint">{kindNames[use.kind] ?? use.kind}</span>
        </li>
      ))}
    </ul>
  );
}

function UseLink({ project, use: { kind, id, name } }: { project: string; use: Use }) {
  if (kind === 'dashboard')
    return (
      <Link to="/p/$project/boards/$board" params={{ project, board: id }} className={linkClass} title={name}>
        {name}
      </Link>
    );
  const search = kind === 'question' ? { question: id } : { kind: `${kind}s`, open: id };
  return (
    <Link
      to={kind === 'question' ? '/p/$project/explore' : '/p/$project/saved'}
      params={{ project }}
      search={search as never}
      className={linkClass}
      title={name}
    >
      {name}
    </Link>
  );
}
