/** Links to all pages, in groups; the one that is shown is marked. */
import { Link } from '@tanstack/react-router';
import { classes } from '../ui/classes.ts';
import { pageGroups, pages } from './pages.ts';

interface PageLinksProps {
  readonly project: string;
  readonly onFollow?: () => void;
}

export function PageLinks({ project, onFollow }: PageLinksProps) {
  return (
    <nav aria-label="Pages" className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-3 py-1">
      {pageGroups.map((group) => (
        <ul key={group} className={classes('grid gap-0.5', group === 'house' && 'mt-auto')}>
          {pages
            .filter((page) => page.group === group)
            .map(({ to, label, Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  params={{ project }}
                  activeOptions={{ exact: to === '/p/$project', includeSearch: false }}
                  {...(onFollow && { onClick: onFollow })}
                  className="group flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium text-soft hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:text-ink"
                >
                  <Icon
                    aria-hidden
                    className="size-4 shrink-0 text-faint group-hover:text-soft group-aria-[current=page]:text-accent"
                  />
                  {label}
                </Link>
              </li>
            ))}
        </ul>
      ))}
    </nav>
  );
}
