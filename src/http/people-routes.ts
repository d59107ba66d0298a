/**
 * Who may sign in, for admins. An admin of one project gives and takes roles in that project, and sees no others. What concerns a person as
 * a whole, such as a link to sign in by, is for who is admin wherever that person has a part: a link makes its holder that person.
 */
import type { Person, Role } from '../catalog/people.ts';
import { failure } from '../errors.ts';
import { canonicalEmail } from '../people/email.ts';
import { linkPath, type MadeLink, type PeopleCare } from '../people/people-care.ts';
import { coversAll, keepsHouse } from '../people/rights.ts';
import { type Actor, actorOf, mayKeep, refuseForeign } from './actor.ts';
import type { RouteDescription } from './openapi/describe.ts';
import { peopleDescriptions } from './openapi/people-descriptions.ts';
import { type Call, type Route, type RouteAnswer, readObject, textOf } from './route.ts';

export function peopleRoutes(care: PeopleCare): readonly Route[] {
  const route = (
    method: Route['method'],
    path: string,
    describe: RouteDescription,
    handle: (care: PeopleCare, call: Call, actor: Actor) => Promise<RouteAnswer>,
  ): Route => ({
    method,
    path: `/api/v1/people${path}`,
    scope: 'admin',
    describe,
    handle: (call) => handle(care, call, actorOf(call)),
  });
  const { people, addPerson, removePerson, linkPerson, setRole, takeRole, endSessions } = peopleDescriptions;
  return [
    route('GET', '', people, list),
    route('POST', '', addPerson, add),
    route('DELETE', '/:id', removePerson, remove),
    route('POST', '/:id/link', linkPerson, link),
    route('DELETE', '/:id/sessions', endSessions, end),
    route('PUT', '/:id/roles/:project', setRole, (...asked) => changeRole(...asked, true)),
    route('DELETE', '/:id/roles/:project', takeRole, (...asked) => changeRole(...asked, false)),
  ];
}

async function list(care: PeopleCare, _: Call, actor: Actor): Promise<RouteAnswer> {
  const all = await care.all();
  return { body: { data: all.filter((each) => isSeen(actor, each)).map((each) => shown(each, actor)) } };
}

async function add(care: PeopleCare, { body, grant }: Call, actor: Actor): Promise<RouteAnswer> {
  const wanted = readObject(body, ['email', 'name', 'project', 'role']);
  const project = textOf(wanted, 'project', grant!.project);
  refuseForeign(actor, project);
  const email = textOf(wanted, 'email');
  const role = textOf(wanted, 'role') as Role;
  const name = wanted.name === undefined ? undefined : textOf(wanted, 'name');
  await refuseOwn(care, actor, email);
  const { person, isNew } = await care.add({ email, name, project, role });
  const link = isNew ? shownLink(await care.makeLink(person.id)) : null;
  return { status: 201, body: { data: { person: shown(person, actor), link } } };
}

async function remove(care: PeopleCare, { path }: Call, actor: Actor): Promise<RouteAnswer> {
  const person = await whole(care, path.id!, actor);
  if (person.id === actor.person) throw ownRights();
  await care.remove(person.id);
  return { body: { data: { id: person.id, status: 'removed' } } };
}

async function link(care: PeopleCare, { path }: Call, actor: Actor): Promise<RouteAnswer> {
  const person = await whole(care, path.id!, actor);
  return { status: 201, body: { data: shownLink(await care.makeLink(person.id)) } };
}

async function end(care: PeopleCare, { path }: Call, actor: Actor): Promise<RouteAnswer> {
  const person = await whole(care, path.id!, actor);
  return { body: { data: { ended: await care.endSessions(person.id) } } };
}

async function changeRole(
  care: PeopleCare,
  { path, body }: Call,
  actor: Actor,
  isGiven: boolean,
): Promise<RouteAnswer> {
  const project = path.project!;
  refuseForeign(actor, project);
  const role = isGiven ? (textOf(readObject(body, ['role']), 'role') as Role) : undefined;
  const person = await seen(care, path.id!, actor);
  if (person.id === actor.person) throw ownRights();
  return { body: { data: shown(await care.setRole(person.id, project, role), actor) } };
}

/** Somebody of other projects alone is as good as missing. Errors: not_found. */
async function seen(care: PeopleCare, id: string, actor: Actor): Promise<Person> {
  const person = await care.person(id);
  if (!isSeen(actor, person)) throw failure('not_found', { detail: `there is no person ${id}` });
  return person;
}

/** Errors: not_found, forbidden. */
async function whole(care: PeopleCare, id: string, actor: Actor): Promise<Person> {
  const person = await seen(care, id, actor);
  if (coversAll(actor, person)) return person;
  const detail =
    'this person has a part in projects that you are not admin of; take their role in yours instead';
  throw failure('forbidden', { detail });
}

/** So that nobody locks themselves out by a slip. Errors: conflict. */
async function refuseOwn(care: PeopleCare, actor: Actor, email: string): Promise<void> {
  if (actor.person === undefined) return;
  const own = await care.person(actor.person);
  if (own.email === canonicalEmail(email)) throw ownRights();
}

const ownRights = () =>
  failure('conflict', { detail: 'nobody changes their own part; ask another admin, or use: millrace users' });

const isSeen = (actor: Actor, { roles }: Person): boolean =>
  keepsHouse(actor) || [...roles.keys()].some((project) => mayKeep(actor, project));

function shown({ id, email, name, hasPassword, createdAt, roles }: Person, actor: Actor) {
  const kept = [...roles].filter(([project]) => mayKeep(actor, project));
  return {
    id,
    email: email ?? null,
    name: name ?? null,
    hasPassword,
    createdAt: new Date(createdAt).toISOString(),
    roles: kept.map(([project, role]) => ({ project, role })),
  };
}

const shownLink = (made: MadeLink) => ({
  path: linkPath(made),
  expiresAt: new Date(made.expiresAt).toISOString(),
});
