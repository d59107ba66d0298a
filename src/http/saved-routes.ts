/**
 * What people keep, by kind: `/api/v1/saved/questions`, `/dashboards` and so on. Who may read sees it; an admin key, or a person who is editor, changes it.
 * An `ETag` is the version, and `If-Match` holds a change to it, so that two people who edit one board do not overwrite each other.
 */
import { type Saved, type SavedKind, savedKinds } from '../catalog/saved.ts';
import { failure, isFailure } from '../errors.ts';
import { type SavedCare, savedPageMax } from '../saved/saved-care.ts';
import { askerOf } from './asker.ts';
import { savedAnswerDescription, savedDescriptions } from './openapi/saved-descriptions.ts';
import { answerTo, type QuestionStage } from './question-routes.ts';
import { type Call, type Route, type RouteAnswer, readObject, textOf } from './route.ts';

export interface SavedParts {
  readonly care: Pick<SavedCare, 'page' | 'get' | 'create' | 'put' | 'remove'>;
  /** Absent: this process does not answer questions. */
  readonly questions?: Pick<QuestionStage, 'tagged'>;
  /** Removes the stored events of an experiment; absent: this process cannot. */
  readonly removeEvents?: RemoveEvents | undefined;
}

/** Resolves with how many went. */
export type RemoveEvents = (project: string, experimentId: string) => Promise<number>;

const pageDefault = 100;
export const savedPath = (kind: SavedKind): string => `/api/v1/saved/${kind}s`;

export function savedRoutes(parts: SavedParts): readonly Route[] {
  const { questions } = parts;
  return [
    ...savedKinds.flatMap((kind) => kindRoutes(kind, parts)),
    ...(questions ? [answerRoute(parts, questions)] : []),
  ];
}

function kindRoutes(kind: SavedKind, parts: SavedParts): readonly Route[] {
  const { care } = parts;
  const all = savedPath(kind);
  const one = `${all}/:id`;
  const says = savedDescriptions(kind);
  return [
    {
      method: 'GET',
      path: all,
      scope: 'read',
      parameters: ['limit', 'after'],
      describe: says.list,
      handle: (call) => list(care, kind, call),
    },
    {
      method: 'POST',
      path: all,
      scope: 'edit',
      describe: says.create,
      handle: (call) => create(care, kind, call),
    },
    {
      method: 'GET',
      path: one,
      scope: 'read',
      describe: says.get,
      handle: async (call) => answerOf(await care.get(placeOf(kind, call))),
    },
    {
      method: 'PUT',
      path: one,
      scope: 'edit',
      describe: says.put,
      handle: (call) => put(care, kind, call),
    },
    {
      method: 'DELETE',
      path: one,
      scope: 'edit',
      ...(kind === 'experiment' && { parameters: ['events'] }),
      describe: says.remove,
      handle: (call) => remove(parts, kind, call),
    },
  ];
}

async function list(care: SavedParts['care'], kind: SavedKind, { grant, query }: Call): Promise<RouteAnswer> {
  const limit = limitOf(query.limit);
  const { items, next } = await care.page({
    project: grant!.project,
    kind,
    limit,
    ...(query.after !== undefined && { after: query.after }),
  });
  return { body: { data: items.map(shown), next: next ?? null } };
}

async function create(care: SavedParts['care'], kind: SavedKind, call: Call): Promise<RouteAnswer> {
  const wanted = readObject(call.body, ['id', 'name', 'body']);
  const id = wanted.id === undefined ? undefined : textOf(wanted, 'id');
  const saved = await care.create(wishOf(kind, call, wanted), id);
  const location = `${savedPath(kind)}/${saved.id}`;
  return { ...answerOf(saved, 201), headers: { ...headersOf(saved), location } };
}

async function put(care: SavedParts['care'], kind: SavedKind, call: Call): Promise<RouteAnswer> {
  const wanted = readObject(call.body, ['name', 'body']);
  const saved = await care.put(wishOf(kind, call, wanted), call.path.id!, await expectedOf(care, kind, call));
  return answerOf(saved, saved.version === 1 ? 201 : 200);
}

async function remove(parts: SavedParts, kind: SavedKind, call: Call): Promise<RouteAnswer> {
  const { care } = parts;
  const place = placeOf(kind, call);
  const expected = await expectedOf(care, kind, call);
  // broken off after the events it is still there, and can be deleted again
  const events = withEvents(call) ? await removeEvents(parts, call, expected) : undefined;
  await care.remove(place, expected);
  const told = events === undefined ? {} : { events };
  return { body: { data: { kind, id: place.id, status: 'deleted', ...told } } };
}

/** Errors: forbidden but for an admin; conflict, when this process cannot; not_found, version_outdated. */
async function removeEvents(
  { care, removeEvents: work }: SavedParts,
  call: Call,
  expected: number | undefined,
): Promise<number> {
  if (call.grant!.scope !== 'admin')
    throw failure('forbidden', { detail: 'deleting the events of an experiment takes an admin' });
  if (work === undefined)
    throw failure('conflict', {
      detail: 'this process does not write to the store; ask a server with the role write',
    });
  const { id, version, project, body } = await care.get(placeOf('experiment', call));
  if (expected !== undefined && version !== expected)
    throw failure('version_outdated', { thing: `the experiment ${id}`, expected, version });
  return work(project, String(body.experimentId));
}

function withEvents({ query: { events = 'false' } }: Call): boolean {
  if (events !== 'true' && events !== 'false')
    throw failure('request_invalid', { detail: 'events must be true or false' });
  return events === 'true';
}

/** The answer of a saved question, as `POST /api/v1/query` gives it: in the form of `Accept`, with what stands for it. */
function answerRoute({ care }: SavedParts, questions: Pick<QuestionStage, 'tagged'>): Route {
  return {
    method: 'GET',
    path: `${savedPath('question')}/:id/answer`,
    scope: 'read',
    describe: savedAnswerDescription,
    handle: async (call) => {
      const question = await care.get(placeOf('question', call));
      const asked = { project: question.project, signal: call.signal, asker: askerOf(call.grant!) };
      try {
        return answerTo(await questions.tagged(question.body.plan, asked), call.accept, question.body.plan);
      } catch (error) {
        if (!isFailure(error, 'plan_invalid')) throw error;
        throw failure('saved_outdated', { ...error.details, id: question.id, detail: error.message }, error);
      }
    },
  };
}

const placeOf = (kind: SavedKind, { grant, path }: Call) => ({
  project: grant!.project,
  kind,
  id: path.id!,
});

const wishOf = (kind: SavedKind, { grant }: Call, { name, body }: Readonly<Record<string, unknown>>) => ({
  project: grant!.project,
  kind,
  by: grant!.keyId,
  name,
  body,
});

/** The version of `If-Match`; `*` is whichever it has now. Errors: request_invalid, not_found. */
async function expectedOf(
  care: SavedParts['care'],
  kind: SavedKind,
  call: Call,
): Promise<number | undefined> {
  const given = call.headers['if-match'];
  if (given === undefined) return undefined;
  if (given === '*') return (await care.get(placeOf(kind, call))).version;
  const version = /^"(\d{1,15})"$/.exec(String(given))?.[1];
  if (version !== undefined) return Number(version);
  throw failure('request_invalid', { detail: 'If-Match must be one ETag of this, like "3", or *' });
}

function limitOf(given: string | undefined): number {
  const limit = given === undefined ? pageDefault : Number(given);
  if (Number.isInteger(limit) && limit >= 1 && limit <= savedPageMax) return limit;
  throw failure('request_invalid', { detail: `limit must be a whole number from 1 to ${savedPageMax}` });
}

const headersOf = ({ version }: Saved) => ({ etag: `"${version}"` });

const answerOf = (saved: Saved, status = 200): RouteAnswer => ({
  status,
  headers: headersOf(saved),
  body: { data: shown(saved) },
});

function shown({ id, kind, name, version, createdAt, updatedAt, by, body }: Saved) {
  return {
    id,
    kind,
    name,
    version,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    by,
    body,
  };
}
