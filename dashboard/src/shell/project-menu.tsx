/** Which project is looked at; another is shown on the same page. */
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Session } from '../api/session.ts';
import { ChoiceMenu } from '../ui/menu.tsx';

interface ProjectMenuProps {
  readonly session: Session;
  readonly project: string;
}

export function ProjectMenu({ session, project }: ProjectMenuProps) {
  const change = useProjectChange();
  const name = session.projects.find(({ id }) => id === project)?.name ?? project;
  return (
    <ChoiceMenu
      label="Project"
      value={project}
      align="start"
      quiet
      choices={session.projects.map(({ id, name: label, role }) => ({ value: id, label, hint: role }))}
      onChoose={change}
    >
      <span className="max-w-[28vw] truncate text-ink sm:max-w-32" title={name}>
        {name}
      </span>
    </ChoiceMenu>
  );
}

const pageOf = /^\/p\/[^/]+\/(\w+)/;

/** What is open within a page is of its project, and stays behind. */
export function useProjectChange(): (next: string) => void {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return useCallback(
    (next) => {
      const page = pageOf.exec(pathname)?.[1] ?? '';
      void navigate({ to: `/p/$project/${page}` as '/p/$project', params: { project: next } });
    },
    [navigate, pathname],
  );
}
