/** Addresses and what they show. Who is not signed in sees the sign-in page, and comes back to where they wanted to be. */

import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  useParams,
} from '@tanstack/react-router';
import { sessionQuery, useSession } from './api/session.ts';
import { NoProject, NotFound, Trouble } from './pages/dead-ends.tsx';
import { Overview } from './pages/overview/overview.tsx';
import { SignIn } from './pages/sign-in/sign-in.tsx';
import { Frame } from './shell/frame.tsx';
import { parseSearch, stringifySearch } from './state/search.ts';
import type { Search } from './state/view.ts';

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  validateSearch: (search): Search => search as Search,
});

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn });

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session === null) throw redirect({ to: '/sign-in', search: { to: location.href } as never });
    return { session };
  },
  component: Outlet,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: ({ context }) => {
    const [first] = context.session.projects;
    if (first !== undefined) throw redirect({ to: '/p/$project', params: { project: first.id } });
  },
  component: NoProject,
});

const project = createRoute({ getParentRoute: () => signedIn, path: '/p/$project', component: ProjectFrame });

function ProjectFrame() {
  const session = useSession();
  const { project: id } = useParams({ from: '/signed-in/p/$project' });
  if (session === null) return <SignIn />;
  if (!session.projects.some((each) => each.id === id)) return <NotFound />;
  return (
    <Frame session={session} project={id}>
      <Outlet />
    </Frame>
  );
}

const overview = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: () => <Overview {...useParams({ from: '/signed-in/p/$project' })} />,
});

const operations = createRoute({ getParentRoute: () => project, path: '/operations' }).lazy(() =>
  import('./pages/operations/route.tsx').then(({ route }) => route),
);
const settings = createRoute({ getParentRoute: () => project, path: '/settings' }).lazy(() =>
  import('./pages/settings/route.tsx').then(({ route }) => route),
);
const start = createRoute({ getParentRoute: () => project, path: '/start' }).lazy(() =>
  import('./pages/start/route.tsx').then(({ route }) => route),
);
const explore = createRoute({ getParentRoute: () => project, path: '/explore' }).lazy(() =>
  import('./pages/explore/route.tsx').then(({ route }) => route),
);
const people = createRoute({ getParentRoute: () => project, path: '/people' }).lazy(() =>
  import('./pages/people/route.tsx').then(({ route }) => route),
);
const person = createRoute({ getParentRoute: () => project, path: '/people/$person' }).lazy(() =>
  import('./pages/people/person-route.tsx').then(({ route }) => route),
);
const events = createRoute({ getParentRoute: () => project, path: '/events' }).lazy(() =>
  import('./pages/events/route.tsx').then(({ route }) => route),
);
const experiments = createRoute({ getParentRoute: () => project, path: '/experiments' }).lazy(() =>
  import('./pages/experiments/route.tsx').then(({ route }) => route),
);
const experiment = createRoute({ getParentRoute: () => project, path: '/experiments/$experiment' }).lazy(() =>
  import('./pages/experiments/experiment-route.tsx').then(({ route }) => route),
);
const boards = createRoute({ getParentRoute: () => project, path: '/boards' }).lazy(() =>
  import('./pages/boards/route.tsx').then(({ route }) => route),
);
const board = createRoute({ getParentRoute: () => project, path: '/boards/$board' }).lazy(() =>
  import('./pages/boards/board-route.tsx').then(({ route }) => route),
);
const saved = createRoute({ getParentRoute: () => project, path: '/saved' }).lazy(() =>
  import('./pages/saved/route.tsx').then(({ route }) => route),
);
/** A board that somebody shared: its link is all that a reader needs. */
const shared = createRoute({ getParentRoute: () => root, path: '/shared/$token' }).lazy(() =>
  import('./pages/shared/route.tsx').then(({ route }) => route),
);

const pages = [
  ...[overview, explore, boards, board, experiments, experiment],
  ...[people, person, events, saved, operations, settings, start],
];
const tree = root.addChildren([signIn, shared, signedIn.addChildren([home, project.addChildren(pages)])]);

export const makeRouter = (client: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultErrorComponent: Trouble,
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
