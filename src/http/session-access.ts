/**
 * May the person of this session do that? Comes after keys: who sends a key is its holder, whatever cookies came along. A person works
 * in one project at a time, which the request names; what they may do there is their role's.
 */
import type { IncomingMessage } from 'node:http';
import type { Role } from '../catalog/people.ts';
import { failure } from '../errors.ts';
import { roleIn } from '../people/rights.ts';
import type { Found } from '../people/sessions.ts';
import { opens, type Right } from './access.ts';
import type { ServerContext } from './context.ts';
import type { Grant } from './key-ring.ts';
import type { Access } from './route.ts';
import { refuseCrossSite } from './same-origin.ts';
import { sessionToken } from './session-cookie.ts';

export const projectHeader = 'x-millrace-project';
/** For what has no headers of its own: an EventSource, a link to a download. */
export const projectParameter = 'project';

const rightOf: Readonly<Record<Role, Right>> = { viewer: 'read', editor: 'edit', admin: 'admin' };
const projectLengthMax = 63;

/** The session of the request's cookie; undefined when it has none, or has a key. Errors: cross_site, unauthorized, catalog_unavailable. */
export async function sessionOf(
  request: IncomingMessage,
  context: ServerContext,
): Promise<Found | undefined> {
  const { sessions } = context;
  const { headers, method = 'GET' } = request;
  if (sessions === undefined || headers.authorization !== undefined) return undefined;
  if (parameters(request).has('key')) return undefined;
  const isSecure = context.isSecure(request);
  const token = sessionToken(headers, isSecure);
  if (token === undefined) return undefined;
  refuseCrossSite({ method, headers, isSecure }, true);
  const found = await sessions.find(token);
  if (!found) throw failure('unauthorized', { detail: 'the session has ended; sign in again' });
  return found;
}

/** What the person may do, in the project that the request names, when it opens `wanted`. Errors: forbidden, request_invalid. */
export function grantOf(
  { session, person }: Found,
  request: IncomingMessage,
  context: ServerContext,
  wanted: Exclude<Access, 'open' | 'session'>,
): Grant {
  const project = namedProject(request) ?? firstProject(person, context);
  const role = isOpen(project, context) ? roleIn(person, project) : undefined;
  if (role === undefined)
    throw failure('forbidden', { detail: `you have no part in a project ${JSON.stringify(project)}` });
  const scope = rightOf[role];
  if (!opens[scope].includes(wanted))
    throw failure('forbidden', {
      detail: `you are ${role} of the project ${project}; this takes ${takes(wanted)}`,
    });
  return { keyId: person.id, project, scope, origins: [], environment: false, session: session.id };
}

const takes = (wanted: Right): string => (wanted === 'edit' ? 'an editor or admin' : 'an admin');

const isOpen = (project: string, { keys }: ServerContext): boolean =>
  keys.projects.some(({ id }) => id === project);

/** Errors: request_invalid when the header and the parameter differ, or one comes twice. */
function namedProject(request: IncomingMessage): string | undefined {
  const header = request.headers[projectHeader];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const named = new Set(isRead ? parameters(request).getAll(projectParameter) : []);
  if (header !== undefined) named.add(String(header));
  const [project, ...others] = named;
  if (others.length > 0)
    throw failure('request_invalid', {
      detail: `${projectHeader} and ?${projectParameter}= name different projects`,
    });
  if (project === undefined || /^[a-z0-9-]+$/.test(project)) return project?.slice(0, projectLengthMax + 1);
  throw failure('request_invalid', { detail: `${projectHeader} must be the id of one project` });
}

/** The first that the person has a part in; for who keeps the house the first of all. */
function firstProject(person: Found['person'], { keys }: ServerContext): string {
  const project = keys.projects.find(({ id }) => roleIn(person, id) !== undefined);
  if (project === undefined) throw failure('forbidden', { detail: 'you have no part in any project' });
  return project.id;
}

function parameters({ url = '' }: IncomingMessage): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start));
}
