/**
 * What a fresh house needs before anybody can knock: the project `default` and a key of each scope. Made once; a start
 * that was interrupted between the steps is completed by the next.
 */
import type { Scope } from '../catalog/catalog.ts';
import { scopes } from '../catalog/keys.ts';
import { isFailure } from '../errors.ts';
import type { ProjectCare } from './project-care.ts';

export const defaultProject = 'default';

export interface FirstStart {
  /** Keys made by this start, to be printed once; empty at later starts. */
  readonly made: readonly { readonly scope: Scope; readonly secret: string }[];
}

/**
 * `given`: scopes whose key the environment sets; no key is made for these. The project is made when there is none at all, or
 * when a key of the environment needs it; a key only if none of its scope was ever made, so that a revoked one stays revoked.
 */
export async function firstStart(care: ProjectCare, given: readonly Scope[]): Promise<FirstStart> {
  try {
    return await completeStart(care, given);
  } catch (error) {
    if (!isFailure(error, 'conflict')) throw error;
    // another process started at the same moment; what it has made is not made again
    return await completeStart(care, given);
  }
}

async function completeStart(care: ProjectCare, given: readonly Scope[]): Promise<FirstStart> {
  const projects = await care.projects();
  const existing = projects.find((project) => project.id === defaultProject);
  if (existing?.deletingSince !== undefined) return { made: [] };
  if (!existing && projects.length > 0 && given.length === 0) return { made: [] };
  if (!existing) await care.createProject(defaultProject, 'Default');
  const known = new Set((await care.keys(defaultProject)).map((key) => key.scope));
  const made: { scope: Scope; secret: string }[] = [];
  for (const scope of scopes) {
    if (known.has(scope) || given.includes(scope)) continue;
    const { secret } = await care.createKey({
      project: defaultProject,
      scope,
      name: 'made at the first start',
    });
    made.push({ scope, secret });
  }
  return { made };
}
