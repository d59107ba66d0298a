/**
 * What `serve` says once it listens: the keys that were just made, where to sign in, and two commands that work when pasted.
 */
import type { Config } from '../config.ts';
import type { FirstStart } from '../operations/first-start.ts';

type Scope = FirstStart['made'][number]['scope'];

/** What there is to say of a system that was opened. */
export interface Started {
  readonly url: string;
  readonly madeKeys: FirstStart['made'];
  readonly startUrl?: string;
}

const uses: Readonly<Record<Scope, string>> = {
  write: 'may only collect; safe in a page',
  read: 'may ask questions',
  admin: 'may do everything; keep it to yourself',
};

/** `now`: epoch milliseconds, the time of the event in the command that collects. */
export function banner({ url, madeKeys: made, startUrl }: Started, config: Config, now: number): string {
  const key = (scope: Scope) => keyText(scope, made, config);
  const event = JSON.stringify({ type: 'signup', userId: 'ada', timestamp: new Date(now).toISOString() });
  const day = new Date(now).toISOString().slice(0, 10);
  const lines = [
    '',
    `Millrace listens on ${url} and keeps its data in ${config.dataDirectory}`,
    '',
    ...madeLines(made),
    'Collect an event:',
    '',
    `  curl ${url}/api/collect -H "Authorization: Bearer ${key('write')}" -H "Content-Type: application/json" -d '${event}'`,
    '',
    'Ask for its number:',
    '',
    `  curl "${url}/api/v1/analytics/summary?from=${day}&to=${day}" -H "Authorization: Bearer ${key('read')}"`,
    '',
    ...dashboardLines(url, startUrl),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function dashboardLines(url: string, startUrl: string | undefined): string[] {
  if (startUrl === undefined) return [`Dashboard: ${url}/`];
  return [
    'Dashboard (this link signs you in, once, within an hour; for another: npx millrace users link):',
    '',
    `  ${startUrl}`,
  ];
}

function madeLines(made: FirstStart['made']): string[] {
  if (made.length === 0) return [];
  const lines = made.map(({ scope, secret }) => `  ${scope.padEnd(5)}  ${secret}  ${uses[scope]}`);
  return [
    'The keys of the project "default", shown this once (only their hashes are kept):',
    '',
    ...lines,
    '',
  ];
}

/** The key itself when this start made it; the shell's variable when the environment set it; else a place to put it. */
function keyText(scope: Scope, made: FirstStart['made'], config: Config): string {
  const own = made.find((each) => each.scope === scope);
  if (own !== undefined) return own.secret;
  if (config.keys[scope] !== undefined) return `$MILLRACE_${scope.toUpperCase()}_KEY`;
  return `YOUR_${scope.toUpperCase()}_KEY`;
}
