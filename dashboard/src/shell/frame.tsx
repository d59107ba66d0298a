/** What is around every page of a project: navigation, to the side where there is room and above where there is not, and the palette. */
import { useLocation } from '@tanstack/react-router';
import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Session } from '../api/session.ts';
import { pages } from './pages.ts';
import { usePaletteKeys } from './shortcut.ts';
import { SideBar } from './side-bar.tsx';
import { TopBar } from './top-bar.tsx';

export interface BarProps {
  readonly session: Session;
  readonly project: string;
  readonly onSearch: () => void;
  /** The pointer comes near: what a search needs can be fetched. */
  readonly onSearchNear: () => void;
}

interface FrameProps {
  readonly session: Session;
  readonly project: string;
  readonly children: ReactNode;
}

const fetchPalette = () => import('./palette/palette.tsx');
const Palette = lazy(fetchPalette);
const wide = matchMedia('(min-width: 1280px)');

export function Frame({ session, project, children }: FrameProps) {
  const [isSearching, setSearching] = useState(false);
  const close = useCallback(() => setSearching(false), []);
  usePaletteKeys(useCallback(() => setSearching((was) => !was && !isModalOpen()), []));
  const bar: BarProps = {
    session,
    project,
    onSearch: () => setSearching(true),
    onSearchNear: () => void fetchPalette().catch(() => {}),
  };
  const isWide = useIsWide();
  useTitle(session, project);
  return (
    <>
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-card focus:p-2">
        Skip to the content
      </a>
      <div className={isWide ? 'grid grid-cols-[14rem_minmax(0,1fr)]' : ''}>
        {isWide ? <SideBar {...bar} /> : <TopBar {...bar} />}
        <main id="main" tabIndex={-1} className="outline-none">
          <div className="mx-auto max-w-7xl px-3 py-5 sm:px-6">{children}</div>
        </main>
      </div>
      {isSearching && (
        <Suspense>
          <Palette session={session} project={project} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

/** Of the browser's tab, and in its history. */
function useTitle({ projects }: Session, project: string): void {
  const { pathname } = useLocation();
  const place = pathname.split('/')[3] ?? '';
  const label = pages.find(({ to }) => to === `/p/$project${place && `/${place}`}`)?.label;
  const name = projects.find(({ id }) => id === project)?.name ?? project;
  useEffect(() => {
    document.title = [label, name, 'Millrace'].filter(Boolean).join(' · ');
  }, [label, name]);
}

/** Over a window that is open nothing leads away, or what is typed there would be lost. */
const isModalOpen = () => document.body.hasAttribute('data-scroll-locked');

const subscribe = (listener: () => void) => {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
};

const useIsWide = () => useSyncExternalStore(subscribe, () => wide.matches);
