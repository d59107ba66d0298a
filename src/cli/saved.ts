/** `millrace saved`: what people keep in a project, beside a running server or without one. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { Argument, Command } from 'commander';
import { type Saved, type SavedKind, savedKinds } from '../catalog/saved.ts';
import { isFailure, type MillraceError } from '../errors.ts';
import { SavedNames } from '../saved/names.ts';
import { SavedCare, savedPageMax } from '../saved/saved-care.ts';
import { withCatalog } from './catalog-access.ts';
import { type CliContext, print, UsageError } from './context.ts';
import { printable, table } from './table.ts';

interface Options {
  readonly project: string;
  readonly json?: true;
}
interface PutOptions extends Options {
  readonly name?: string;
  readonly ifVersion?: string;
}
interface DeleteOptions extends Options {
  readonly ifVersion?: string;
}

/** Who changed it, where no key was used. */
const by = 'command-line';
const lineBytesMax = 60;

export function savedCommand(context: CliContext): Command {
  const saved = new Command('saved')
    .description('list, show, put and delete what people keep: questions, dashboards, segments, goals …')
    .addHelpText('after', help);
  const command = (name: string, description: string, kind = kindArgument()) =>
    saved
      .command(name)
      .description(description)
      .addArgument(kind)
      .option('-p, --project <id>', 'whose', 'default')
      .option('--json', 'print JSON');
  const ifVersion = ['--if-version <number>', 'only if it has this version still'] as const;
  command('list', 'show those of a kind, or all', kindArgument('[kind]')).action(
    (kind: SavedKind | undefined, options: Options) => list(context, kind, options),
  );
  command('show', 'show one with its body')
    .argument('<id>')
    .action((kind: SavedKind, id: string, options: Options) => show(context, kind, id, options));
  command('put', 'make one, or change it')
    .argument('<id>', 'lower-case letters, digits and hyphens')
    .argument('[file]', 'its body as JSON, or what `show --json` prints; standard input when left out', '-')
    .option('-n, --name <name>', 'what people call it; the id when it is new and nothing is said')
    .option(...ifVersion)
    .action((kind: SavedKind, id: string, file: string, options: PutOptions) =>
      put(context, kind, id, file, options),
    );
  command('delete', 'remove one for good')
    .argument('<id>')
    .option(...ifVersion)
    .action((kind: SavedKind, id: string, options: DeleteOptions) => remove(context, kind, id, options));
  return saved;
}

const help = `
Works on the catalog under MILLRACE_DATA, beside a running server or without one. No key is needed.

Examples:
  millrace saved list
  millrace saved list segments
  echo '{"filter": {"field": "country", "op": "eq", "value": "DE"}}' | millrace saved put segment germany --name Germany
  millrace saved show dashboard main --json > main.json && millrace saved put dashboard main main.json --project other`;

/** 'segments' is as good as 'segment'. */
function kindArgument(name = '<kind>'): Argument {
  return new Argument(name, savedKinds.join(', ')).argParser((given: string): SavedKind => {
    const kind = savedKinds.find((each) => given === each || given === `${each}s`);
    if (kind === undefined)
      throw new UsageError(`there is no kind ${given}; there are ${savedKinds.join(', ')}`);
    return kind;
  });
}

/** `kind` undefined: of all kinds, one after the other. */
async function list(
  context: CliContext,
  kind: SavedKind | undefined,
  { project, json }: Options,
): Promise<void> {
  const found = await withSaved(context, project, async (care) => {
    const all: Saved[] = [];
    for (const each of kind === undefined ? savedKinds : [kind])
      all.push(...(await allOf(care, project, each)));
    return all;
  });
  if (json) return print(context.stdout, JSON.stringify(found.map(shown), null, 2));
  if (found.length === 0)
    return print(context.stdout, kind === undefined ? `nothing is saved in ${project}` : `no ${kind}s`);
  const rows = found.map(({ id, name, version, updatedAt, body, kind: its }) => [
    ...(kind === undefined ? [its] : []),
    id,
    printable(name),
    String(version),
    new Date(updatedAt).toISOString().slice(0, 16).replace('T', ' '),
    printable(JSON.stringify(body), lineBytesMax),
  ]);
  const names = ['id', 'name', 'version', 'changed', 'body'];
  const titles = (kind === undefined ? ['kind', ...names] : names).map((title) => ({ title }));
  print(context.stdout, ...table(titles, rows));
}

async function allOf(care: SavedCare, project: string, kind: SavedKind): Promise<readonly Saved[]> {
  const found: Saved[] = [];
  for (let after: string | undefined; ; ) {
    const page = await care.page({ project, kind, limit: savedPageMax, ...(after && { after }) });
    found.push(...page.items);
    after = page.next;
    if (after === undefined) return found;
  }
}

async function show(
  context: CliContext,
  kind: SavedKind,
  id: string,
  { project, json }: Options,
): Promise<void> {
  const saved = await withSaved(context, project, (care) => care.get({ project, kind, id }));
  if (json) return print(context.stdout, JSON.stringify(shown(saved), null, 2));
  const { name, version, updatedAt, by: who, body } = saved;
  const changed = new Date(updatedAt).toISOString();
  print(
    context.stdout,
    `${kind} ${id}: ${printable(name)}`,
    `version ${version}, changed ${changed} by ${printable(who)}`,
    JSON.stringify(body, null, 2),
  );
}

async function put(
  context: CliContext,
  kind: SavedKind,
  id: string,
  file: string,
  { project, json, name, ifVersion }: PutOptions,
): Promise<void> {
  const given = parsed(file === '-' ? await readAll(context.stdin()) : await readFile(file, 'utf8'), file);
  const saved = await withSaved(context, project, async (care) => {
    const named = name ?? given.name ?? (await nameOf(care, { project, kind, id })) ?? id;
    return care.put({ project, kind, by, name: named, body: given.body }, id, numberOf(ifVersion));
  });
  if (json) return print(context.stdout, JSON.stringify(shown(saved), null, 2));
  print(context.stdout, `the ${kind} ${id} is saved; its version is ${saved.version}`);
}

async function remove(
  context: CliContext,
  kind: SavedKind,
  id: string,
  { project, json, ifVersion }: DeleteOptions,
): Promise<void> {
  await withSaved(context, project, (care) => care.remove({ project, kind, id }, numberOf(ifVersion)));
  print(
    context.stdout,
    json ? JSON.stringify({ kind, id, status: 'deleted' }) : `the ${kind} ${id} is deleted`,
  );
}

/** Refusals of what was typed say where in the body they are. */
async function withSaved<T>(
  context: CliContext,
  project: string,
  work: (care: SavedCare) => Promise<T>,
): Promise<T> {
  return withCatalog(context, async ({ catalog }) => {
    if (!(await catalog.projects()).some(({ id }) => id === project))
      throw new UsageError(`there is no project ${project}; see: millrace projects list`);
    const { resolve } = new SavedNames(catalog.saved);
    return work(new SavedCare({ saved: catalog.saved, now: context.now, resolve })).catch((error) => {
      throw isFailure(error) && refused.has(error.code) ? new UsageError(error.message) : error;
    });
  });
}

const refused: ReadonlySet<MillraceError['code']> = new Set(['plan_invalid', 'request_invalid']);

async function nameOf(care: SavedCare, place: Pick<Saved, 'project' | 'kind' | 'id'>) {
  return care.get(place).then(
    ({ name }) => name,
    () => undefined,
  );
}

/** A body, or what `show --json` and the API give. */
function parsed(text: string, file: string): { readonly name?: unknown; readonly body: unknown } {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${file === '-' ? 'standard input' : file} is not JSON: ${(error as Error).message}`,
    );
  }
  const whole = given as { readonly name?: unknown; readonly body?: unknown } | null;
  if (typeof whole?.body !== 'object' || whole.body === null) return { body: given };
  return { name: whole.name, body: whole.body };
}

function numberOf(version: string | undefined): number | undefined {
  if (version === undefined) return undefined;
  if (!/^\d{1,15}$/.test(version)) throw new UsageError('--if-version must be a whole number');
  return Number(version);
}

const shown = ({ createdAt, updatedAt, project: _, ...rest }: Saved) => ({
  ...rest,
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(updatedAt).toISOString(),
});
