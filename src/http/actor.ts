/** Who asks, as roles: a person's own, or for a key that it is admin of its project. House-keeping decides by these. */

import type { Person, Role } from '../catalog/people.ts';
import { failure } from '../errors.ts';
import { keepsHouse, roleIn } from '../people/rights.ts';
import type { Call } from './route.ts';

export type Actor = Pick<Person, 'roles'> & {
  /** Absent: a key. */
  readonly person?: string;
};

/** Of a route that asks for an admin's rights. */
export function actorOf({ session, grant }: Pick<Call, 'session' | 'grant'>): Actor {
  if (session) return { roles: session.person.roles, person: session.person.id };
  return { roles: new Map<string, Role>([[grant!.project, 'admin']]) };
}

export const mayKeep = (actor: Actor, project: string): boolean => roleIn(actor, project) === 'admin';

/** Errors: forbidden. */
export function refuseForeign(actor: Actor, project: string): void {
  if (mayKeep(actor, project)) return;
  const detail =
    actor.person === undefined
      ? `this key keeps the project ${[...actor.roles.keys()][0]} alone`
      : `you are not admin of the project ${project}`;
  throw failure('forbidden', { detail });
}

/** `does`: what only they may, as 'creates projects'. Errors: forbidden. */
export function refuseUnlessKeeper(actor: Actor, does: string): void {
  if (keepsHouse(actor)) return;
  const whose = actor.person === undefined ? 'an admin key' : 'an admin';
  throw failure('forbidden', { detail: `only ${whose} of the project default ${does}` });
}
