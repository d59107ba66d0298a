/**
 * `millrace backfill`: fills fields from properties in events that came without them, step by step; on the running server, or on a
 * directory that none has. Broken off, it goes on where it was when it is run again: what is filled is not looked for.
 */
import { Command } from 'commander';
import { type BackfillOrder, usualFields } from '../operations/backfill.ts';
import type { Maintenance } from '../operations/maintenance.ts';
import {
  askServer,
  onServerOrClosed,
  type ServerOptions,
  withClosedHouse,
  withServerOptions,
} from './admin.ts';
import { type CliContext, print, UsageError } from './context.ts';
import { grouped } from './table.ts';

interface BackfillOptions extends ServerOptions {
  readonly field?: readonly (readonly [field: string, path: string])[];
  readonly project?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

type Step = Awaited<ReturnType<Maintenance['backfill']>>;
type Run = (order: BackfillOrder) => Promise<Step>;

export function backfillCommand(context: CliContext): Command {
  return withServerOptions(
    new Command('backfill')
      .description(
        'fill variantKey, experimentId and the like from properties, where events came without them',
      )
      .option(
        '-f, --field <field=path>',
        'fill this field from this property; may be given again, the first text found counts',
        collected,
      )
      .option('--project <id>', 'only of this project')
      .option('--dry-run', 'only count')
      .option('--json', 'print JSON'),
  )
    .addHelpText('after', examples)
    .action((options: BackfillOptions) => backfill(context, options));
}

const examples = `
Without --field: experimentId from properties.experimentId or properties.experiment_id, variantKey from
properties.variantKey or properties.variant_key. Only what is absent is filled, and only with text. It may be broken
off and run again at any time.

Examples:
  millrace backfill --dry-run
  millrace backfill --field variantKey=ab.variant --field variantKey=variant --field productId=sku`;

function collected(given: string, before: NonNullable<BackfillOptions['field']> = []) {
  const cut = given.indexOf('=');
  if (cut < 1 || cut === given.length - 1)
    throw new UsageError(`--field must be a field and a property, as variantKey=variant, not ${given}`);
  const path = given.slice(cut + 1);
  const whole = path.startsWith('properties.') ? path : `properties.${path}`;
  return [...before, [given.slice(0, cut), whole] as const];
}

async function backfill(context: CliContext, options: BackfillOptions): Promise<void> {
  const total = await onServerOrClosed(
    context,
    options,
    (server) =>
      allSteps(context, options, async (order) => {
        const { data } = (await askServer(server, '/api/v1/maintenance/backfill', order)) as { data: Step };
        return data;
      }),
    (config) =>
      withClosedHouse(config, ({ maintenance }) =>
        allSteps(context, options, (order) => maintenance.backfill(order)),
      ),
  );
  const dryRun = options.dryRun === true;
  if (options.json) print(context.stdout, JSON.stringify({ events: total, dryRun }));
  else if (total === 0) print(context.stdout, 'nothing is to be filled');
  else print(context.stdout, `${grouped(total)} events ${dryRun ? 'would be' : 'are'} filled`);
}

async function allSteps(context: CliContext, options: BackfillOptions, run: Run): Promise<number> {
  const order = orderOf(options);
  let total = 0;
  let after: string | undefined;
  do {
    const step = await run({ ...order, ...(after !== undefined && { after }) });
    total += step.events;
    if (!options.json && step.days !== undefined) print(context.stdout, stepText(step));
    after = step.next;
  } while (after !== undefined);
  return total;
}

function stepText({ days, events, stepsLeft }: Step): string {
  const [first, last] = days!;
  const when = first === last ? first : `${first} to ${last}`;
  return `${when}: ${grouped(events)} events${stepsLeft > 0 ? ` (about ${grouped(stepsLeft)} steps to go)` : ''}`;
}

function orderOf({ field, project, dryRun }: BackfillOptions): BackfillOrder {
  const fields =
    field === undefined
      ? usualFields
      : Object.fromEntries(
          [...Map.groupBy(field, ([name]) => name)].map(([name, some]) => [
            name,
            some.map(([, path]) => path),
          ]),
        );
  return { fields, dryRun: dryRun === true, ...(project !== undefined && { project }) };
}
