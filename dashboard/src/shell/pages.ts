/** The pages of a project, in the order of navigation: what one looks at, what it is made of, and how it is kept. */
import {
  Activity,
  BookmarkCheck,
  ChartSpline,
  FlaskConical,
  Gauge,
  LayoutDashboard,
  ListTree,
  Rocket,
  Settings2,
  UsersRound,
} from 'lucide-react';

export const pages = [
  { to: '/p/$project', label: 'Overview', group: 'look', Icon: Gauge, words: 'home start numbers visitors' },
  {
    to: '/p/$project/explore',
    label: 'Explore',
    group: 'look',
    Icon: ChartSpline,
    words: 'ask question trend funnel',
  },
  {
    to: '/p/$project/boards',
    label: 'Boards',
    group: 'look',
    Icon: LayoutDashboard,
    words: 'dashboards tiles',
  },
  {
    to: '/p/$project/experiments',
    label: 'Experiments',
    group: 'look',
    Icon: FlaskConical,
    words: 'a/b test variants',
  },
  { to: '/p/$project/people', label: 'People', group: 'data', Icon: UsersRound, words: 'users visitors' },
  { to: '/p/$project/events', label: 'Events', group: 'data', Icon: ListTree, words: 'live log list' },
  {
    to: '/p/$project/saved',
    label: 'Saved',
    group: 'data',
    Icon: BookmarkCheck,
    words: 'questions segments cohorts goals annotations',
  },
  {
    to: '/p/$project/start',
    label: 'First steps',
    group: 'house',
    Icon: Rocket,
    words: 'install snippet script',
  },
  {
    to: '/p/$project/operations',
    label: 'Operations',
    group: 'house',
    Icon: Activity,
    words: 'queue lag quarantine',
  },
  {
    to: '/p/$project/settings',
    label: 'Settings',
    group: 'house',
    Icon: Settings2,
    words: 'keys people password',
  },
] as const;

export const pageGroups = ['look', 'data', 'house'] as const;
