/**
 * Signing in and out of the dashboard. The token of a session goes into a cookie that no script can read; the answers say who is signed in
 * and what they may do where.
 */
import type { Project } from '../catalog/catalog.ts';
import { failure } from '../errors.ts';
import { keepsHouse, roleIn } from '../people/rights.ts';
import { type Found, type Sessions, sessionAgeMs, sessionIdleMs } from '../people/sessions.ts';
import type { SignIn } from '../people/sign-in.ts';
import { sessionDescriptions } from './openapi/people-descriptions.ts';
import { type Call, type Route, type RouteAnswer, readObject, textOf } from './route.ts';
import { refuseCrossSite } from './same-origin.ts';
import { noSessionCookie, sessionCookie, sessionToken } from './session-cookie.ts';

export interface SessionParts {
  readonly sessions: Pick<Sessions, 'end'>;
  readonly signIn: SignIn;
  /** Those that are open. */
  readonly projects: () => readonly Project[];
}

const path = '/api/v1/session';

export function sessionRoutes(parts: SessionParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path,
      scope: 'session',
      describe: sessionDescriptions.session,
      handle: ({ session }) => ({ body: { data: shown(session!, parts) } }),
    },
    {
      method: 'POST',
      path,
      scope: 'open',
      describe: sessionDescriptions.signIn,
      handle: (call) => signIn(parts, call),
    },
    {
      method: 'DELETE',
      path,
      scope: 'open',
      describe: sessionDescriptions.signOut,
      handle: (call) => signOut(parts, call),
    },
    {
      method: 'PUT',
      path: `${path}/password`,
      scope: 'session',
      describe: sessionDescriptions.setPassword,
      handle: (call) => setPassword(parts, call),
    },
  ];
}

async function signIn(parts: SessionParts, call: Call): Promise<RouteAnswer> {
  refuseCrossSite(call.client, false);
  const started = await startedBy(parts, call);
  // the session that this browser had is over: nobody goes on with it
  await endOwn(parts, call);
  return answerOf(started, parts, call, 201);
}

async function startedBy({ signIn }: SessionParts, { body, client }: Call): Promise<Found> {
  const wanted = readObject(body, ['link', 'email', 'password']);
  if (wanted.link === undefined) {
    const credentials = { email: textOf(wanted, 'email'), password: textOf(wanted, 'password') };
    return signIn.byPassword({ ...credentials, address: client.address });
  }
  if (wanted.email !== undefined || wanted.password !== undefined)
    throw failure('request_invalid', { detail: 'send either link, or email and password' });
  return signIn.byLink(textOf(wanted, 'link'));
}

/** Fine without a session, too: the cookie goes in any case. */
async function signOut(parts: SessionParts, call: Call): Promise<RouteAnswer> {
  const hasCookie = sessionToken(call.client.headers, call.client.isSecure) !== undefined;
  refuseCrossSite(call.client, hasCookie);
  await endOwn(parts, call);
  return {
    headers: { 'set-cookie': noSessionCookie(call.client.isSecure) },
    body: { data: { status: 'signed_out' } },
  };
}

async function setPassword(parts: SessionParts, call: Call): Promise<RouteAnswer> {
  const wanted = readObject(call.body, ['current', 'password', 'email']);
  const optional = (name: string) => (wanted[name] === undefined ? undefined : textOf(wanted, name));
  const change = {
    current: optional('current'),
    password: textOf(wanted, 'password'),
    email: optional('email'),
  };
  const changed = await parts.signIn.setPassword(call.session!, change, call.client.address);
  return answerOf(changed, parts, call, 200);
}

async function endOwn({ sessions }: SessionParts, { client }: Call): Promise<void> {
  const token = sessionToken(client.headers, client.isSecure);
  if (token !== undefined) await sessions.end(token);
}

function answerOf(found: Found, parts: SessionParts, { client }: Call, status: number): RouteAnswer {
  const { newToken } = found;
  const headers = newToken === undefined ? {} : { 'set-cookie': sessionCookie(newToken, client.isSecure) };
  return { status, headers, body: { data: shown(found, parts) } };
}

function shown({ session, person }: Found, { projects }: SessionParts) {
  const { id, email = null, name = null, hasPassword } = person;
  return {
    person: { id, email, name, hasPassword },
    projects: projects().flatMap((project) => {
      const role = roleIn(person, project.id);
      return role === undefined ? [] : [{ id: project.id, name: project.name, role }];
    }),
    keepsHouse: keepsHouse(person),
    session: {
      id: session.id,
      startedBy: session.startedBy,
      startedAt: new Date(session.createdAt).toISOString(),
      endsAt: new Date(
        Math.min(session.createdAt + sessionAgeMs, session.usedAt + sessionIdleMs),
      ).toISOString(),
    },
  };
}
