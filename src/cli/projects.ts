/** `millrace projects`: list, create, delete. */
import { Command } from 'commander';
import { withCatalog } from './catalog-access.ts';
import { type CliContext, print, UsageError } from './context.ts';
import { printable, table } from './table.ts';

export function projectsCommand(context: CliContext): Command {
  const projects = new Command('projects').description('list, create and delete projects').addHelpText(
    'after',
    `
Works on the catalog under MILLRACE_DATA, beside a running server or without one. No key is needed.`,
  );
  projects
    .command('list')
    .description('show the projects')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => list(context, options));
  projects
    .command('create')
    .description('make a project; its keys are made with: millrace keys create')
    .argument('<id>', 'lower-case letters, digits and hyphens; never changes')
    .option('-n, --name <name>', 'what people call it')
    .action((id: string, options: { name?: string }) => create(context, id, options));
  projects
    .command('delete')
    .description('stop its keys and remove all its events, for good')
    .argument('<id>')
    .option('--yes', 'yes, all events of this project')
    .action((id: string, options: { yes?: true }) => remove(context, id, options));
  return projects;
}

async function list(context: CliContext, options: { json?: true }): Promise<void> {
  const projects = await withCatalog(context, ({ care }) => care.projects());
  if (options.json) {
    const shown = projects.map(({ createdAt, deletingSince, ...rest }) => ({
      ...rest,
      createdAt: new Date(createdAt).toISOString(),
      ...(deletingSince !== undefined && { deletingSince: new Date(deletingSince).toISOString() }),
    }));
    return print(context.stdout, JSON.stringify(shown, null, 2));
  }
  if (projects.length === 0) return print(context.stdout, 'no projects');
  const rows = projects.map((project) => [
    project.id,
    printable(project.name),
    new Date(project.createdAt).toISOString().slice(0, 10),
    project.deletingSince === undefined ? '' : 'being deleted',
  ]);
  print(
    context.stdout,
    ...table([{ title: 'id' }, { title: 'name' }, { title: 'created' }, { title: '' }], rows),
  );
}

async function create(context: CliContext, id: string, { name }: { name?: string }): Promise<void> {
  const project = await withCatalog(context, ({ care }) => care.createProject(id, name));
  print(
    context.stdout,
    `the project ${project.id} is there; make its keys with: millrace keys create write --project ${project.id}`,
  );
}

async function remove(context: CliContext, id: string, options: { yes?: true }): Promise<void> {
  if (!options.yes)
    throw new UsageError(`this removes all events of ${id} and cannot be undone; say so with --yes`);
  // The mark is durable; removing the events is the work of the server, which alone may touch its log and store.
  await withCatalog(context, ({ catalog }) => catalog.markProjectDeleting(id, context.now()));
  print(
    context.stdout,
    `${id} is marked: its keys stop within seconds, and the server removes its events, now when it runs, else at its next start`,
  );
}
