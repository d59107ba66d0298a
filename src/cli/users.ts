/** `millrace users`: who may sign in to the dashboard. A link is printed once, by the command that makes it. */
import { randomBytes } from 'node:crypto';
import { Argument, Command } from 'commander';
import type { Person, Role } from '../catalog/people.ts';
import { systemClock } from '../clock.ts';
import { loadConfig } from '../config.ts';
import { linkPath, type MadeLink, PeopleCare } from '../people/people-care.ts';
import { withCatalog } from './catalog-access.ts';
import { type CliContext, localUrl, print, UsageError } from './context.ts';
import { printable, table } from './table.ts';

interface AddOptions {
  readonly role: Role;
  readonly project: string;
  readonly name?: string;
  readonly json?: true;
}

const roleArgument = (choices: readonly string[]) =>
  new Argument(
    '<role>',
    'viewer: sees; editor: keeps questions and dashboards too; admin: everything',
  ).choices(choices);
const who = ['<person>', 'the e-mail, or the id as in the list'] as const;
const projectOption = ['-p, --project <id>', 'the project', 'default'] as const;

export function usersCommand(context: CliContext): Command {
  const users = new Command('users').description('who may sign in to the dashboard').addHelpText(
    'after',
    `
Works on the catalog under MILLRACE_DATA, beside a running server or without one. No key is needed.
Who is admin of the project "default" keeps the whole house. A link signs in once, within an hour: the first time,
and when a password is forgotten.`,
  );
  users
    .command('list')
    .description('show people and their roles')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => list(context, options));
  users
    .command('add')
    .description('make a person and print a link to sign in by; who is there gets the role')
    .argument('<email>', 'what they sign in with')
    .option('-r, --role <role>', 'viewer, editor or admin', 'viewer')
    .option(...projectOption)
    .option('-n, --name <name>', 'what others see')
    .option('--json', 'print JSON')
    .action((email: string, options: AddOptions) => add(context, email, options));
  users
    .command('link')
    .description('print a link to sign in by; without a person, for who keeps the house')
    .argument('[person]', who[1])
    .option('--json', 'print JSON')
    .action((person: string | undefined, options: { json?: true }) => link(context, person, options));
  users
    .command('role')
    .description('change what a person may do in a project')
    .argument(...who)
    .addArgument(roleArgument(['viewer', 'editor', 'admin', 'none']))
    .option(...projectOption)
    .action((person: string, role: Role | 'none', { project }: { project: string }) =>
      changeRole(context, person, role, project),
    );
  users
    .command('remove')
    .description('remove a person; their sessions and links end at once')
    .argument(...who)
    .action((person: string) => remove(context, person));
  const sessions = users.command('sessions').description('the sessions of a person');
  sessions
    .command('end')
    .description('sign a person out everywhere')
    .argument(...who)
    .action((person: string) => endSessions(context, person));
  return users;
}

async function list(context: CliContext, { json }: { json?: true }): Promise<void> {
  const people = await withPeople(context, (care) => care.all());
  if (json) return print(context.stdout, JSON.stringify(people.map(shown), null, 2));
  if (people.length === 0)
    return print(context.stdout, 'nobody yet; millrace users link prints the first link');
  const columns = ['id', 'e-mail', 'name', 'password', 'roles', 'created'].map((title) => ({ title }));
  print(context.stdout, ...table(columns, people.map(row)));
}

function row({ id, email, name, hasPassword, roles, createdAt }: Person): string[] {
  const all = [...roles].map(([project, role]) => `${project}:${role}`).join(' ');
  const created = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ');
  return [
    id,
    printable(email ?? '-'),
    printable(name ?? '-'),
    hasPassword ? 'set' : 'not yet',
    all || 'none',
    created,
  ];
}

async function add(
  context: CliContext,
  email: string,
  { role, project, name, json }: AddOptions,
): Promise<void> {
  const { person, made } = await withPeople(context, async (care) => {
    const { person, isNew } = await care.add({ email, name, project, role });
    return { person, made: isNew ? await care.makeLink(person.id) : undefined };
  });
  const url = made && urlOf(context, made);
  if (json) return print(context.stdout, JSON.stringify({ ...shown(person), link: url ?? null }, null, 2));
  if (url) printLink(context, person, url);
  else print(context.stdout, `${nameOf(person)} is ${role} of the project ${project} now`);
}

async function link(
  context: CliContext,
  given: string | undefined,
  { json }: { json?: true },
): Promise<void> {
  const made = await withPeople(context, async (care) => {
    if (given !== undefined) return care.makeLink((await care.named(given)).id);
    const keeper = await care.keeperLink();
    if (keeper === undefined)
      throw new UsageError('there is no project default; name a person: millrace users link ada@example.com');
    return keeper;
  });
  const url = urlOf(context, made);
  if (json)
    print(context.stdout, JSON.stringify({ link: url, expiresAt: new Date(made.expiresAt).toISOString() }));
  else printLink(context, undefined, url);
}

async function changeRole(
  context: CliContext,
  given: string,
  role: Role | 'none',
  project: string,
): Promise<void> {
  const person = await withPeople(context, async (care) =>
    care.setRole((await care.named(given)).id, project, role === 'none' ? undefined : role),
  );
  const what = role === 'none' ? 'has no part in' : `is ${role} of`;
  print(context.stdout, `${nameOf(person)} ${what} the project ${project} now`);
}

async function remove(context: CliContext, given: string): Promise<void> {
  await withPeople(context, async (care) => care.remove((await care.named(given)).id));
  print(context.stdout, `${printable(given)} is removed; their sessions have ended`);
}

async function endSessions(context: CliContext, given: string): Promise<void> {
  const ended = await withPeople(context, async (care) => care.endSessions((await care.named(given)).id));
  print(context.stdout, `${ended} ${ended === 1 ? 'session' : 'sessions'} of ${printable(given)} ended`);
}

function withPeople<T>(context: CliContext, work: (care: PeopleCare) => Promise<T>): Promise<T> {
  const clock = { ...systemClock, now: context.now };
  return withCatalog(context, ({ catalog }) => work(new PeopleCare({ catalog, clock, random: randomBytes })));
}

const urlOf = (context: CliContext, made: MadeLink): string =>
  localUrl(loadConfig(context.environment)) + linkPath(made);

function printLink({ stdout }: CliContext, person: Person | undefined, url: string): void {
  const whose = person === undefined ? 'this link signs in' : `this link signs ${nameOf(person)} in`;
  print(
    stdout,
    url,
    `${whose}, once, within an hour; where the server has another address, put that before /sign-in`,
  );
}

const nameOf = ({ email, id }: Person): string => printable(email ?? id);

const shown = ({ id, email, name, hasPassword, roles, createdAt }: Person) => ({
  id,
  email: email ?? null,
  name: name ?? null,
  hasPassword,
  roles: Object.fromEntries(roles),
  createdAt: new Date(createdAt).toISOString(),
});
