/** All that the palette offers in a project: pages, kinds of questions, what is saved, and what changes how things are shown. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import {
  BookmarkCheck,
  CalendarDays,
  ChartSpline,
  Filter,
  FlaskConical,
  FolderOpen,
  LayoutDashboard,
  LogOut,
  Sparkles,
  Target,
  UsersRound,
} from 'lucide-react';
import { type SavedKind, useSaved } from '../../api/saved.ts';
import type { Session } from '../../api/session.ts';
import { kinds } from '../../explore/kinds.ts';
import { exploreSearch } from '../../explore/question-link.ts';
import { useOfferedCommands } from '../../state/page-commands.ts';
import { setTheme, useTheme } from '../../state/theme.ts';
import { type Search, scopeOf, viewOf } from '../../state/view.ts';
import { useLeave } from '../account-menu.tsx';
import { pages } from '../pages.ts';
import { useProjectChange } from '../project-menu.tsx';
import { themes } from '../themes.ts';
import type { Entry } from './entry.ts';

interface Offer {
  readonly entries: readonly Entry[];
  readonly isLoading: boolean;
  /** Why some of what is saved is not there. */
  readonly error: Error | null;
}

export function useEntries(session: Session, project: string): Offer {
  const saved = useSavedEntries(project);
  const pageEntries = usePageEntries(project);
  const settings = useSettings(session, project);
  return { ...saved, entries: [...pageEntries, ...saved.entries, ...settings] };
}

function usePageEntries(project: string): readonly Entry[] {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  return [
    ...pages.map(({ to, label, Icon, words }) => ({
      id: `page ${label}`,
      label,
      kind: 'Go to',
      words,
      Icon,
      isFirst: true,
      run: () => void navigate({ to, params: { project } }),
    })),
    ...kinds.map(({ id, label, hint, start }) => ({
      id: `ask ${id}`,
      label,
      kind: 'Ask',
      words: `new explore question ${hint}`,
      Icon: Sparkles,
      isFirst: true,
      run: () =>
        void navigate({
          to: '/p/$project/explore',
          params: { project },
          search: exploreSearch(start(scopeOf(viewOf(search)))) as never,
        }),
    })),
  ];
}

function useSavedEntries(project: string): Offer {
  const navigate = useNavigate();
  const params = { project };
  const saved = (kind: SavedKind, id: string) =>
    void navigate({ to: '/p/$project/saved', params, search: { kind: `${kind}s`, open: id } as never });
  const kindsOf = [
    useSavedOf(project, 'question', 'Question', ChartSpline, (id) =>
      navigate({ to: '/p/$project/explore', params, search: { question: id } as never }),
    ),
    useSavedOf(project, 'dashboard', 'Board', LayoutDashboard, (id) =>
      navigate({ to: '/p/$project/boards/$board', params: { project, board: id } }),
    ),
    useSavedOf(project, 'experiment', 'Experiment', FlaskConical, (id) =>
      navigate({ to: '/p/$project/experiments/$experiment', params: { project, experiment: id } }),
    ),
    useSavedOf(project, 'segment', 'Segment', Filter, (id) =>
      navigate({ to: '/p/$project', params, search: { filter: `segment:${id}` } as never }),
    ),
    useSavedOf(project, 'cohort', 'Cohort', UsersRound, (id) => saved('cohort', id)),
    useSavedOf(project, 'goal', 'Goal', Target, (id) => saved('goal', id)),
  ];
  return {
    entries: kindsOf.flatMap(({ entries }) => entries),
    isLoading: kindsOf.some(({ isLoading }) => isLoading),
    error: kindsOf.find(({ error }) => error !== null)?.error ?? null,
  };
}

function useSavedOf(
  project: string,
  kind: SavedKind,
  label: string,
  Icon: Entry['Icon'],
  open: (id: string) => unknown,
): Offer {
  const { data = [], isLoading, error } = useSaved<unknown>(project, kind);
  const entries = data.map(({ id, name }) => ({
    id: `${kind} ${id}`,
    label: name,
    kind: label,
    words: `saved ${id}`,
    Icon,
    run: () => void open(id),
  }));
  return { entries, isLoading, error };
}

/** Of the page, the project, and how everything looks. */
function useSettings(session: Session, project: string): readonly Entry[] {
  const offered = useOfferedCommands();
  const changeProject = useProjectChange();
  const chosen = useTheme();
  const leave = useLeave();
  return [
    ...offered.map(({ id, label, group, isChosen, run }) => ({
      id: `command ${id}`,
      label,
      kind: group,
      Icon: group === 'Range' ? CalendarDays : BookmarkCheck,
      isPassing: true,
      ...(isChosen && { isChosen }),
      run,
    })),
    ...session.projects
      .filter(({ id }) => id !== project)
      .map(({ id, name }) => ({
        id: `project ${id}`,
        label: name,
        kind: 'Project',
        words: `switch ${id}`,
        Icon: FolderOpen,
        isPassing: true,
        run: () => changeProject(id),
      })),
    ...themes.map(({ value, label, Icon }) => ({
      id: `theme ${value}`,
      label,
      kind: 'Theme',
      words: 'color appearance mode',
      Icon,
      isPassing: true,
      isChosen: value === chosen,
      run: () => setTheme(value),
    })),
    {
      id: 'sign out',
      label: 'Sign out',
      kind: 'Account',
      words: 'leave log',
      Icon: LogOut,
      isPassing: true,
      run: leave,
    },
  ];
}
