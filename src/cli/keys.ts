/** `millrace keys`: list, create, revoke, rotate. A key itself is printed once, by the command that makes it. */
import { Argument, Command } from 'commander';
import type { Key } from '../catalog/catalog.ts';
import type { MadeKey } from '../operations/project-care.ts';
import { withCatalog } from './catalog-access.ts';
import { type CliContext, print } from './context.ts';
import { budgetHelp, budgetText, limitsOf } from './key-budget.ts';
import { printable, table } from './table.ts';

type Scope = Key['scope'];
interface ListOptions {
  readonly project?: string;
  readonly all?: true;
  readonly json?: true;
}
interface CreateOptions {
  readonly project: string;
  readonly name?: string;
  readonly origin?: readonly string[];
  readonly budget?: readonly string[];
  readonly json?: true;
}

const scopeArgument = new Argument(
  '<scope>',
  'write: may only collect; read: may ask; admin: may do everything',
);

export function keysCommand(context: CliContext): Command {
  const keys = new Command('keys').description('list, create, revoke and rotate keys').addHelpText(
    'after',
    `
Works on the catalog under MILLRACE_DATA, beside a running server or without one. No key is needed.
Keys that are set by MILLRACE_WRITE_KEY, MILLRACE_READ_KEY and MILLRACE_ADMIN_KEY are not stored and not listed.`,
  );
  keys
    .command('list')
    .description('show the keys, without the secrets')
    .option('-p, --project <id>', 'only those of this project')
    .option('-a, --all', 'the revoked ones, too')
    .option('--json', 'print JSON')
    .action((options: ListOptions) => list(context, options));
  keys
    .command('create')
    .description('make a key and print it, this once')
    .addArgument(scopeArgument.choices(['write', 'read', 'admin']))
    .option('-p, --project <id>', 'the project that it opens', 'default')
    .option('-n, --name <name>', 'what it is for')
    .option('-o, --origin <url...>', 'write keys: only pages of these origins may use it')
    .option('--budget <limit...>', `what its questions may cost: ${budgetHelp}`)
    .option('--json', 'print JSON')
    .action((scope: Scope, options: CreateOptions) => create(context, scope, options));
  keys
    .command('revoke')
    .description('stop a key for good')
    .argument('<id>', 'its id, as in the list')
    .action((id: string) => revoke(context, id));
  keys
    .command('rotate')
    .description('make a new key that may do the same, and stop the old one')
    .argument('<id>', 'the id of the old one')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: true }) => rotate(context, id, options));
  return keys;
}

async function list(context: CliContext, options: ListOptions): Promise<void> {
  const keys = await withCatalog(context, ({ care }) => care.keys(options.project));
  const shown = keys.filter((key) => options.all || key.revokedAt === undefined);
  if (options.json) return print(context.stdout, JSON.stringify(shown.map(publicKey), null, 2));
  if (shown.length === 0) return print(context.stdout, 'no keys');
  const columns = ['id', 'project', 'scope', 'key', 'name', 'created', 'origins', 'budget'].map((title) => ({
    title,
  }));
  if (options.all) columns.push({ title: 'revoked' });
  print(context.stdout, ...table(columns, shown.map(row)));
}

function row(key: Key): string[] {
  const origins = key.origins.length === 0 ? 'any' : key.origins.join(' ');
  const revoked = key.revokedAt === undefined ? '' : time(key.revokedAt);
  return [
    key.id,
    key.project,
    key.scope,
    key.hint,
    printable(key.name),
    time(key.createdAt),
    origins,
    budgetText(key.limits),
    revoked,
  ];
}

async function create(context: CliContext, scope: Scope, options: CreateOptions): Promise<void> {
  const { project, origin: origins = [], name = 'made on the command line' } = options;
  const limits = options.budget && { limits: limitsOf(options.budget) };
  const made = await withCatalog(context, ({ care }) =>
    care.createKey({ project, scope, name, origins, ...limits }),
  );
  printMade(context, made, options.json);
}

async function revoke(context: CliContext, id: string): Promise<void> {
  await withCatalog(context, ({ care }) => care.revokeKey(id));
  print(context.stdout, `${id} is revoked; a running server refuses it within seconds`);
}

async function rotate(context: CliContext, id: string, options: { json?: true }): Promise<void> {
  const made = await withCatalog(context, ({ care }) => care.rotateKey(id));
  printMade(context, made, options.json);
  if (!options.json) print(context.stdout, `${id} is revoked`);
}

function printMade({ stdout }: CliContext, { secret, key }: MadeKey, json: true | undefined): void {
  if (json) {
    print(stdout, JSON.stringify({ ...publicKey(key), key: secret }, null, 2));
    return;
  }
  print(stdout, secret);
  print(
    stdout,
    `${key.id}: a ${key.scope} key of the project ${key.project}. It is shown this once; a running server knows it within seconds`,
  );
}

/** Without the hash, which is nobody's business. */
function publicKey({ hash: _, createdAt, revokedAt, ...rest }: Key): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    createdAt: iso(createdAt),
    ...(revokedAt !== undefined && { revokedAt: iso(revokedAt) }),
  };
}

const iso = (at: number) => new Date(at).toISOString();
const time = (at: number) => iso(at).slice(0, 16).replace('T', ' ');
