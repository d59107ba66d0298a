/**
 * Projects and keys over HTTP, for admin keys. The admin keys of the project `default` keep the whole house; those of another
 * project see and change that project alone.
 */
import type { Key, KeyLimits, Project, Scope } from '../catalog/catalog.ts';
import { houseProject } from '../catalog/people.ts';
import { failure } from '../errors.ts';
import type { MadeKey, ProjectCare } from '../operations/project-care.ts';
import { roleIn } from '../people/rights.ts';
import { type Actor, actorOf, mayKeep, refuseForeign, refuseUnlessKeeper } from './actor.ts';
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

/** A person's: those that they have any part in. */
async function listProjects({ care }: HouseParts, call: Call): Promise<RouteAnswer> {
  const actor = actorOf(call);
  const projects = (await care.projects()).filter(({ id }) => roleIn(actor, id) !== undefined);
  return { body: { data: projects.map(shownProject) } };
}

async function createProject({ care, keysChanged }: HouseParts, call: Call): Promise<RouteAnswer> {
  refuseUnlessKeeper(actorOf(call), 'creates projects');
  const wanted = readObject(call.body, ['id', 'name']);
  const id = textOf(wanted, 'id');
  const project = await care.createProject(id, textOf(wanted, 'name', id));
  await keysChanged();
  return {
    status: 201,
    headers: { location: `/api/v1/projects/${id}` },
    body: { data: shownProject(project) },
  };
}

async function deleteProject({ removeProject }: HouseParts, call: Call): Promise<RouteAnswer> {
  const id = call.path.id!;
  refuseForeign(actorOf(call), id);
  await removeProject(id);
  return { status: 202, body: { data: { id, status: 'deleting' } } };
}

async function listKeys({ care }: HouseParts, call: Call): Promise<RouteAnswer> {
  const { project: own } = call.grant!;
  const project = call.query.project ?? (own === houseProject ? undefined : own);
  if (project !== undefined) refuseForeign(actorOf(call), project);
  return { body: { data: (await care.keys(project)).map(shownKey) } };
}

async function createKey({ care, keysChanged }: HouseParts, call: Call): Promise<RouteAnswer> {
  const actor = actorOf(call);
  const wanted = readObject(call.body, ['project', 'scope', 'name', 'origins', 'limits']);
  const project = textOf(wanted, 'project', call.grant!.project);
  refuseForeign(actor, project);
  const scope = textOf(wanted, 'scope') as Scope;
  const made = await care.createKey({
    project,
    scope,
    name: textOf(wanted, 'name', `${scope} key`),
    origins: originsOf(wanted),
    ...limitsOf(wanted, actor),
  });
  await keysChanged();
  return madeAnswer(made);
}

async function revokeKey({ care, keysChanged }: HouseParts, call: Call): Promise<RouteAnswer> {
  const key = await ownKey(care, actorOf(call), call.path.id!);
  await care.revokeKey(key.id);
  await keysChanged();
  return { body: { data: shownKey(await care.key(key.id)) } };
}

async function rotateKey({ care, keysChanged }: HouseParts, call: Call): Promise<RouteAnswer> {
  const key = await ownKey(care, actorOf(call), call.path.id!);
  const made = await care.rotateKey(key.id);
  await keysChanged();
  return madeAnswer(made);
}

/** A key of a project that this asker may not see is as good as missing. */
async function ownKey(care: ProjectCare, actor: Actor, id: string): Promise<Key> {
  const key = await care.key(id);
  if (!mayKeep(actor, key.project)) throw failure('not_found', { detail: `there is no key ${id}` });
  return key;
}

function originsOf(wanted: Readonly<Record<string, unknown>>): readonly string[] {
  const origins = wanted.origins ?? [];
  if (!Array.isArray(origins) || !origins.every((each) => typeof each === 'string'))
    throw failure('request_invalid', { detail: 'origins must be a list of text' });
  return origins;
}

/** Whoever shares a house gets no more of it by saying so: those who keep it give out its share. */
function limitsOf(wanted: Readonly<Record<string, unknown>>, actor: Actor): { limits?: KeyLimits } {
  const { limits } = wanted;
  if (limits === undefined) return {};
  refuseUnlessKeeper(actor, 'gives limits to keys');
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
