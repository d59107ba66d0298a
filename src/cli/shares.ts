/** `millrace shares`: the links to dashboards that people without an account have. They are made on the pages, or over HTTP. */
import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import type { Share } from '../catalog/shares.ts';
import { systemClock } from '../clock.ts';
import { Passwords } from '../people/passwords.ts';
import { ShareCare } from '../shares/share-care.ts';
import { withCatalog } from './catalog-access.ts';
import { type CliContext, print, UsageError } from './context.ts';
import { printable, table } from './table.ts';

interface Options {
  readonly project: string;
  readonly json?: true;
}

export function sharesCommand(context: CliContext): Command {
  const shares = new Command('shares').description('links to dashboards: list and revoke').addHelpText(
    'after',
    `
Works on the catalog under MILLRACE_DATA, beside a running server or without one. No key is needed.
A revoked link opens nothing any more, at once.`,
  );
  shares
    .command('list')
    .description('show the links of a project')
    .argument('[dashboard]', 'the id of one dashboard')
    .option('-p, --project <id>', 'whose', 'default')
    .option('--json', 'print JSON')
    .action((dashboard: string | undefined, options: Options) => list(context, dashboard, options));
  shares
    .command('revoke')
    .description('end a link')
    .argument('<id>', 'as in the list')
    .option('-p, --project <id>', 'whose', 'default')
    .action((id: string, { project }: Options) => revoke(context, id, project));
  return shares;
}

async function list(
  context: CliContext,
  dashboard: string | undefined,
  { project, json }: Options,
): Promise<void> {
  const found = await withShares(context, (care) => care.list(project, dashboard));
  if (json) return print(context.stdout, JSON.stringify(found.map(shown), null, 2));
  if (found.length === 0) return print(context.stdout, 'no dashboard is shared');
  const titles = ['id', 'dashboard', 'for', 'password', 'frame', 'made', 'ends'].map((title) => ({ title }));
  const rows = found.map(({ id, dashboard: board, name, password, canEmbed, createdAt, expiresAt }) => [
    id,
    board,
    printable(name ?? ''),
    password === undefined ? '' : 'yes',
    canEmbed ? 'yes' : '',
    minute(createdAt),
    expiresAt === undefined ? '' : minute(expiresAt),
  ]);
  print(context.stdout, ...table(titles, rows));
}

async function revoke(context: CliContext, id: string, project: string): Promise<void> {
  await withShares(context, async (care) => {
    const share = (await care.list(project)).find((each) => each.id === id);
    if (share === undefined)
      throw new UsageError(`there is no link ${printable(id)} in ${project}; see: millrace shares list`);
    await care.revoke(share);
  });
  print(context.stdout, `the link ${id} is revoked`);
}

const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** Without what is kept of token and password. */
function shown({ id, dashboard, name, password, canEmbed, createdAt, expiresAt, by }: Share) {
  return {
    id,
    dashboard,
    name: name ?? null,
    hasPassword: password !== undefined,
    canEmbed,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    by,
  };
}

function withShares<T>(context: CliContext, work: (care: ShareCare) => Promise<T>): Promise<T> {
  return withCatalog(context, ({ catalog: { shares } }) => {
    const passwords = new Passwords({ random: randomBytes });
    return work(new ShareCare({ shares, passwords, clock: systemClock, random: randomBytes }));
  });
}
