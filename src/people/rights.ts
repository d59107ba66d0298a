/** What a person may do where. An admin of the project `default` keeps the whole house, as its admin keys do. */
import { houseProject, type Person, type Role } from '../catalog/people.ts';

type HasRoles = Pick<Person, 'roles'>;

export const keepsHouse = ({ roles }: HasRoles): boolean => roles.get(houseProject) === 'admin';

/** Undefined: none. Says nothing of whether there is such a project. */
export const roleIn = (person: HasRoles, project: string): Role | undefined =>
  keepsHouse(person) ? 'admin' : person.roles.get(project);

/** Whether `actor` is admin wherever `person` has a role, and so may act on the person as a whole: make a link, remove. */
export const coversAll = (actor: HasRoles, person: HasRoles): boolean =>
  keepsHouse(actor) ||
  (person.roles.size > 0 && [...person.roles.keys()].every((project) => roleIn(actor, project) === 'admin'));
