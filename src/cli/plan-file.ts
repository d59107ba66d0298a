/** A whole question out of a file or standard input, as `POST /api/v1/query` takes it. What is wrong in it is said by the server. */
import { createReadStream } from 'node:fs';
import { type CliContext, UsageError } from './context.ts';

/** What a server reads of a question. */
const planBytesMax = 1024 * 1024;

export type PlanObject = Readonly<Record<string, unknown>>;

/** `path`: '-' is standard input. Errors: UsageError. */
export async function readPlan(path: string, { stdin }: Pick<CliContext, 'stdin'>): Promise<PlanObject> {
  const name = path === '-' ? 'standard input' : path;
  const text = await readText(path === '-' ? stdin() : createReadStream(path), name);
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${(error as Error).message}`);
  }
  if (typeof plan !== 'object' || plan === null || Array.isArray(plan))
    throw new UsageError(`${name} must hold one question: a JSON object with its kind`);
  return plan as PlanObject;
}

async function readText(source: AsyncIterable<Buffer>, name: string): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of source) {
      bytes += piece.length;
      if (bytes > planBytesMax) throw new UsageError(`${name} is longer than a question may be (1 MiB)`);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** What was asked, in the words of the plan: 'funnel, 2026-01-05 until 2026-01-12 Europe/Berlin, without bots'. */
export function titleOf({ kind, range, from, to, timeZone = 'UTC', bots = 'exclude' }: PlanObject): string {
  const when = range ?? (from === undefined ? '' : `${from} until ${to}`);
  const which = { exclude: 'without bots', include: 'with bots', only: 'bots only' }[String(bots)] ?? '';
  return [kind, when === '' ? timeZone : `${when} ${timeZone}`, which].join(', ');
}
