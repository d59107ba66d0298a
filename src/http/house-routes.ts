/**
 * Projects and keys over HTTP, for admin keys. The admin keys of the project `default` keep the whole house; those of another
 * project see and change that project alone.
 */
import type { Key, KeyLimits, Project, Scope } from '../catalog/catalog.ts';
import { failure } from '../errors.ts';
import { defaultProject } from '../operations/first-start.ts';
import type { MadeKey, ProjectCare } from '../operations/project-care.ts';
import type { Grant } from './key-ring.ts';
import type { RouteDescription } from './openapi/describe.ts';
import { houseDescriptions as texts } from './openapi/operation-descriptions.ts';
import { type Call, type Route, type RouteAnswer, readObject, textOf } from './route.ts';

export interface HouseParts {
  readonly care: ProjectCare;
  /** Marks a project and resolves once its keys have stopped; the rest goes on behind. Errors: not_found. */
  readonly removeProject: (id: string) => Promise<void>;
  /** Makes what was changed hold from the next request on. */
  readonly keysChanged: () => Promise<void>;
}

export function houseRoutes(parts: HouseParts): readonly Route[] {
  const route = (
    method: Route['method'],
    path: string,
    describe: RouteDescription,
    handle: (call: Call) => Promise<RouteAnswer>,
  ): Route => ({
    method,
    path,
    scope: 'admin',
    parameters: method === 'GET' && path === '/api/v1/keys' ? ['project'] : [],
    describe,
    handle,
  });
  return [
    route('GET', '/api/v1/projects', texts.projects, (call) => listProjects(parts, call)),
    route('POST', '/api/v1/projects', texts.createProject, (call) => createProject(parts, call)),
    route('DELETE', '/api/v1/projects/:id', texts.deleteProject, (call) => deleteProject(parts, call)),
    route('GET', '/api/v1/keys', texts.keys, (call) => listKeys(parts, call)),
    route('POST', '/api/v1/keys', texts.createKey, (call) => createKey(parts, call)),
    route('DELETE', '/api/v1/keys/:id', texts.revokeKey, (call) => revokeKey(parts, call)),
    route('POST', '/api/v1/keys/:id/rotate', texts.rotateKey, (call) => rotateKey(parts, call)),
  ];
}

async function listProjects({ care }: HouseParts, { grant }: Call): Promise<RouteAnswer> {
  const projects = await care.projects();
  return { body: { data: projects.filter((each) => mayKeep(grant!, each.id)).map(shownProject) } };
}

async function createProject({ care, keysChanged }: HouseParts, { grant, body }: Call): Promise<RouteAnswer> {
  if (grant!.project !== defaultProject)
    throw failure('forbidden', { detail: 'only an admin key of the project default creates projects' });
  const wanted = readObject(body, ['id', 'name']);
  const id = textOf(wanted, 'id');
  const project = await care.createProject(id, textOf(wanted, 'name', id));
  await keysChanged();
  return {
    status: 201,
    headers: { location: `/api/v1/projects/${id}` },
    body: { data: shownProject(project) },
  };
}

async function deleteProject({ removeProject }: HouseParts, { grant, path }: Call): Promise<RouteAnswer> {
  const id = path.id!;
  refuseForeign(grant!, id);
  await removeProject(id);
  return { status: 202, body: { data: { id, status: 'deleting' } } };
}

async function listKeys({ care }: HouseParts, { grant, query }: Call): Promise<RouteAnswer> {
  const project = query.project ?? (grant!.project === defaultProject ? undefined : grant!.project);
  if (project !== undefined) refuseForeign(grant!, project);
  return { body: { data: (await care.keys(project)).map(shownKey) } };
}

async function createKey({ care, keysChanged }: HouseParts, { grant, body }: Call): Promise<RouteAnswer> {
  const wanted = readObject(body, ['project', 'scope', 'name', 'origins', 'limits']);
  const project = textOf(wanted, 'project', grant!.project);
  refuseForeign(grant!, project);
  const scope = textOf(wanted, 'scope') as Scope;
  const made = await care.createKey({
    project,
    scope,
    name: textOf(wanted, 'name', `${scope} key`),
    origins: originsOf(wanted),
    ...limitsOf(wanted, grant!),
  });
  await keysChanged();
  return madeAnswer(made);
}

async function revokeKey({ care, keysChanged }: HouseParts, { grant, path }: Call): Promise<RouteAnswer> {
  const key = await ownKey(care, grant!, path.id!);
  await care.revokeKey(key.id);
  await keysChanged();
  return { body: { data: shownKey(await care.key(key.id)) } };
}

async function rotateKey({ care, keysChanged }: HouseParts, { grant, path }: Call): Promise<RouteAnswer> {
  const key = await ownKey(care, grant!, path.id!);
  const made = await care.rotateKey(key.id);
  await keysChanged();
  return madeAnswer(made);
}

/** A key of a project that this asker may not see is as good as missing. */
async function ownKey(care: ProjectCare, grant: Grant, id: string): Promise<Key> {
  const key = await care.key(id);
  if (!mayKeep(grant, key.project)) throw failure('not_found', { detail: `there is no key ${id}` });
  return key;
}

function mayKeep(grant: Grant, project: string): boolean {
  return grant.project === defaultProject || grant.project === project;
}

function refuseForeign(grant: Grant, project: string): void {
  if (!mayKeep(grant, project))
    throw failure('forbidden', { detail: `this key keeps the project ${grant.project} alone` });
}

function originsOf(wanted: Readonly<Record<string, unknown>>): readonly string[] {
  const origins = wanted.origins ?? [];
  if (!Array.isArray(origins) || !origins.every((each) => typeof each === 'string'))
    throw failure('request_invalid', { detail: 'origins must be a list of text' });
  return origins;
}

/** Whoever shares a house gets no more of it by saying so: those who keep it give out its share. */
function limitsOf(wanted: Readonly<Record<string, unknown>>, grant: Grant): { limits?: KeyLimits } {
  const { limits } = wanted;
  if (limits === undefined) return {};
  if (grant.project !== defaultProject)
    throw failure('forbidden', { detail: 'only an admin key of the project default gives limits to keys' });
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits))
    throw failure('request_invalid', { detail: 'limits must be an object, like {"timeMs": 10000}' });
  return { limits };
}

/** The one time that the key itself is said. */
function madeAnswer({ secret, key }: MadeKey): RouteAnswer {
  return {
    status: 201,
    headers: { location: `/api/v1/keys/${key.id}` },
    body: { data: { ...shownKey(key), key: secret } },
  };
}

function shownProject({ id, name, createdAt, deletingSince }: Project) {
  return {
    id,
    name,
    createdAt: new Date(createdAt).toISOString(),
    status: deletingSince === undefined ? 'active' : 'deleting',
  };
}

function shownKey({ id, project, scope, name, hint, origins, limits, createdAt, revokedAt }: Key) {
  return {
    id,
    project,
    scope,
    name,
    hint,
    origins,
    limits: limits ?? {},
    createdAt: new Date(createdAt).toISOString(),
    revokedAt: revokedAt === undefined ? null : new Date(revokedAt).toISOString(),
  };
}
