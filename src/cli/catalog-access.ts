/**
 * How `keys` and `projects` reach the catalog: directly, as its file, whether a server runs or not. Who may read the data directory
 * is its administrator, so no key is needed, and a lost admin key is no dead end. A running server sees a change within seconds.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Catalog } from '../catalog/catalog.ts';
import { loadConfig } from '../config.ts';
import { ProjectCare } from '../operations/project-care.ts';
import { type CliContext, UsageError } from './context.ts';

export interface CatalogAccess {
  readonly catalog: Catalog;
  readonly care: ProjectCare;
}

/** Opens the catalog for `work` and closes it. A catalog that is not there is an error: most likely the directory is the wrong one. */
export async function withCatalog<T>(
  { environment, now }: CliContext,
  work: (access: CatalogAccess) => Promise<T>,
): Promise<T> {
  const config = loadConfig(environment);
  if (config.catalog.kind === 'file' && !existsSync(config.catalog.file)) {
    const advice =
      'set MILLRACE_DATA to the data directory of the server, or start it once with: millrace serve';
    throw new UsageError(`there is no catalog at ${config.catalog.file}; ${advice}`);
  }
  const { openCatalogAlone } = await import('../system/closed-house.ts');
  const { catalog, close } = await openCatalogAlone(config);
  try {
    return await work({ catalog, care: new ProjectCare({ catalog, random: randomBytes, now }) });
  } finally {
    await close();
  }
}
