/** What a request to the endpoint asks for: ClickHouse's URL parameters, of which all but a few are settings. */
import type { IncomingMessage } from 'node:http';
import { EngineRefusal, refusals } from './engine-refusal.ts';
import { defaultFormat } from './engine-sessions.ts';
import type { Settings } from './engine-statement.ts';

export interface StatementRequest {
  /** The statement, when it stands in the URL; the body is then an INSERT's data. */
  readonly query: string | undefined;
  readonly queryId: string | undefined;
  /** For a question that names none. */
  readonly format: string;
  /** Answer only once the whole is there, so that an error is never behind half an answer. */
  readonly whole: boolean;
  readonly settings: Settings;
  /** The file in the work directory that holds an INSERT's data, when they are not in the body. */
  readonly laidFile: string | undefined;
}

const known = new Set(['query', 'query_id', 'database', 'default_format', 'wait_end_of_query', 'laid_file']);
/** A Session's state, credentials and compression are a server's; `log_comment` carries the query id here. */
const refused = /^(param_.*|session_id|session_timeout|log_comment|user|password|compress|decompress|role)$/;
const settingName = /^[a-z][a-z0-9_]*$/;

/** Errors: EngineRefusal. */
export function parseRequest(request: IncomingMessage, database: string): StatementRequest | 'ping' {
  const url = new URL(request.url ?? '/', 'http://engine');
  if (url.pathname === '/ping') return 'ping';
  if (url.pathname !== '/') throw refuse(`there is no path ${url.pathname}`);
  const parameters = url.searchParams;
  const asked = parameters.get('database') ?? database;
  if (asked !== database)
    throw new EngineRefusal(refusals.unknownDatabase, `Database ${asked} does not exist`);
  return {
    query: parameters.get('query') ?? undefined,
    queryId: parameters.get('query_id') || undefined,
    format: parameters.get('default_format') ?? defaultFormat,
    whole: parameters.get('wait_end_of_query') === '1',
    settings: settingsOf(parameters),
    laidFile: parameters.get('laid_file') ?? undefined,
  };
}

function settingsOf(parameters: URLSearchParams): Settings {
  const settings: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (known.has(name)) continue;
    if (refused.test(name))
      throw refuse(`the parameter ${name} is not taken here; values go into the statement as literals`);
    if (!settingName.test(name))
      throw new EngineRefusal(refusals.unknownSetting, `Unknown setting '${name}'`);
    if (value.includes('\0')) throw refuse(`the setting ${name} holds a NUL byte`);
    settings[name] = value;
  }
  return settings;
}

function refuse(detail: string): EngineRefusal {
  return new EngineRefusal(refusals.badRequest, detail);
}
