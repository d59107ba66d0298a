/** A SQLite catalog with the project `p`, and the care of what people keep in it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SavedKind } from '../../src/catalog/saved.ts';
import { SqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { isFailure } from '../../src/errors.ts';
import { SavedNames } from '../../src/saved/names.ts';
import { SavedCare } from '../../src/saved/saved-care.ts';

export const now = Date.UTC(2026, 2, 1, 12);
export const project = 'p';

export async function openSaved(context: TestContext, countMax?: number) {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-saved-'));
  const catalog = await SqliteCatalog.open({ path: join(directory, 'catalog.db'), random: randomBytes });
  context.after(async () => {
    await catalog.close();
    await rm(directory, { recursive: true });
  });
  await catalog.createProject({ id: project, name: 'Shop', createdAt: now });
  const { resolve } = new SavedNames(catalog.saved);
  const options = { saved: catalog.saved, now: () => now, resolve, ...(countMax && { countMax }) };
  const care = new SavedCare(options);
  const save = (kind: SavedKind, name: string, body: unknown, id?: string) =>
    care.create({ project, kind, by: 'key', name, body }, id);
  return { catalog, care, save, resolve: (plan: unknown) => resolve(plan, project) };
}

/** The pointer and the rule of a plan_invalid. */
export const pointsAt = (pointer: string, rule: RegExp) => (error: unknown) =>
  isFailure(error, 'plan_invalid') && error.details.pointer === pointer && rule.test(error.message);
