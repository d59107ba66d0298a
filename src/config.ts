/**
 * Every setting of the server, gathered from where it is declared, read once and checked together. The only file that reads the
 * environment. What it returns is frozen, has absolute paths, and is all that the rest of the system knows about settings.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { collectSettings } from './collect/collect-config.ts';
import { failure } from './errors.ts';
import { type HttpConfig, httpSettings } from './http/http-config.ts';
import { type DiskLogConfig, diskLogSettings } from './log/disk/disk-config.ts';
import { type OperationsConfig, operationsSettings } from './operations/operations-config.ts';
import {
  bytes,
  choice,
  closestName,
  type Environment,
  integer,
  invalidSetting,
  location,
  milliseconds,
  readSettings,
  type SettingsGroup,
  secret,
  settingsGroup,
  text,
  type Values,
} from './settings.ts';
import { type EmbeddedSettings, embeddedSettings } from './store/embedded/embedded-config.ts';
import { type WriterConfig, writerSettings } from './writer/writer-config.ts';

const stageSettings = settingsGroup('Which parts run, and where they keep things', {
  data: text('MILLRACE_DATA', {
    default: './data',
    doc: 'The directory that holds everything this process keeps: log, store and catalog. One process at a time.',
  }),
  log: location('MILLRACE_LOG', {
    default: 'disk:',
    schemes: ['disk', 'memory'],
    notBuilt: ['redis', 'rediss', 'upstash+https', 'kafka', 's3'],
    doc: 'Where accepted events wait for the store. `disk:` keeps them under MILLRACE_DATA, `disk:DIRECTORY` elsewhere. `memory:` loses them when the process ends; for tests.',
  }),
  store: location('MILLRACE_STORE', {
    default: 'embedded:',
    schemes: ['embedded', 'memory'],
    notBuilt: ['postgres', 'postgresql', 'clickhouse', 'clickhouse+https'],
    doc: 'What answers questions. `embedded:` is the ClickHouse engine in a child process, under MILLRACE_DATA or in `embedded:DIRECTORY`. `memory:` forgets everything when the process ends; for tests.',
  }),
  cache: location('MILLRACE_CACHE', {
    default: 'memory:',
    schemes: ['memory'],
    notBuilt: ['redis', 'rediss', 'upstash+https'],
    doc: 'Where answers are kept for the next asker.',
  }),
  catalog: location('MILLRACE_CATALOG', {
    default: 'file:',
    schemes: ['file'],
    notBuilt: ['postgres', 'postgresql'],
    doc: 'Where projects and keys are kept. `file:` is an SQLite file under MILLRACE_DATA, `file:PATH` another one.',
  }),
});

const keyOptions = (what: string) => ({
  charactersMin: 16,
  doc: `${what} of the project \`default\`, valid while this is set and never stored. At least 16 characters; the three keys must differ.`,
});
const keySettings = settingsGroup('Keys', {
  write: secret('MILLRACE_WRITE_KEY', keyOptions('A key that may only collect')),
  read: secret('MILLRACE_READ_KEY', keyOptions('A key that may ask questions')),
  admin: secret('MILLRACE_ADMIN_KEY', keyOptions('A key that may do everything')),
});

/** Named as the query stage names them. */
const questionSettings = settingsGroup('Questions', {
  timeMs: milliseconds('MILLRACE_QUESTION_TIME_MS', {
    default: '30000',
    min: 10,
    max: 3_600_000,
    doc: 'The longest that one question may run; over it, it is refused with `over_time`.',
  }),
  memoryBytes: bytes('MILLRACE_QUESTION_MEMORY_BYTES', {
    default: '200MB',
    min: 16 * 1024 ** 2,
    doc: 'The most memory that one question may use in the store; over it, it is refused with `over_memory`.',
  }),
  rowsMax: integer('MILLRACE_QUESTION_ROWS_MAX', {
    default: '1000000000',
    min: 1,
    doc: 'The most rows that one question may read; over it, it is refused with `over_rows`.',
  }),
  concurrencyMax: integer('MILLRACE_QUESTION_CONCURRENCY', {
    default: '4',
    min: 1,
    max: 64,
    doc: 'How many questions the store works on at the same time; the others wait.',
  }),
  waitingMax: integer('MILLRACE_QUESTION_WAITING_MAX', {
    default: '64',
    max: 10_000,
    doc: 'How many questions may wait for their turn; the next one is refused.',
  }),
});

const cacheSettings = settingsGroup('Cache', {
  bytesMax: bytes('MILLRACE_CACHE_BYTES_MAX', {
    default: '64MiB',
    doc: 'The most memory for answers that are kept for the next asker; 0 keeps none.',
  }),
});

const reporterSettings = settingsGroup('What prints', {
  level: choice('MILLRACE_REPORT_LEVEL', {
    default: 'info',
    of: ['debug', 'info', 'warn', 'error', 'silent'],
    doc: 'The least severe line that is printed.',
  }),
  format: choice('MILLRACE_REPORT_FORMAT', {
    default: 'auto',
    of: ['auto', 'json', 'text'],
    doc: 'One JSON object a line, or text for people. `auto` is text on a terminal and JSON elsewhere.',
  }),
});

const clientSettings = settingsGroup('The command line asking a running server', {
  url: text('MILLRACE_URL', {
    pattern: /^https?:\/\/\S+$/,
    rule: 'must be an address such as http://127.0.0.1:3000',
    doc: 'The server that `millrace query` asks. Without it, the one that PORT and MILLRACE_HOST describe.',
  }),
});

/** All settings, in the order of docs/config.md. */
export const settingsGroups: readonly SettingsGroup[] = [
  stageSettings,
  httpSettings,
  keySettings,
  collectSettings,
  questionSettings,
  cacheSettings,
  reporterSettings,
  diskLogSettings,
  writerSettings,
  embeddedSettings,
  operationsSettings,
  clientSettings,
];

export type LogConfig =
  | { readonly kind: 'disk'; readonly directory: string; readonly settings: DiskLogConfig }
  | { readonly kind: 'memory' };
export type StoreConfig =
  | { readonly kind: 'embedded'; readonly directory: string; readonly settings: EmbeddedSettings }
  | { readonly kind: 'memory' };

export interface Config {
  /** Absolute, as all paths here. */
  readonly dataDirectory: string;
  readonly log: LogConfig;
  readonly store: StoreConfig;
  readonly cache: { readonly kind: 'memory' } & Values<typeof cacheSettings>;
  readonly catalog: { readonly kind: 'file'; readonly file: string };
  readonly http: HttpConfig;
  readonly keys: Values<typeof keySettings>;
  readonly collect: Values<typeof collectSettings>;
  readonly writer: WriterConfig;
  readonly operations: OperationsConfig;
  readonly question: Values<typeof questionSettings>;
  readonly reporter: Values<typeof reporterSettings>;
  readonly client: Values<typeof clientSettings>;
  /** What a person should know about these settings, one sentence each; printed once at start. */
  readonly notes: readonly string[];
}

/**
 * What the process was started with. A `.env` file in the working directory adds what is not set; a variable that is set wins.
 * Errors: setting_invalid, when the file cannot be read.
 */
export function readEnvironment(envFile = '.env'): Environment {
  if (!existsSync(envFile)) return { ...process.env };
  let contents: string;
  try {
    contents = readFileSync(envFile, 'utf8');
  } catch (cause) {
    throw failure(
      'setting_invalid',
      { setting: envFile, rule: 'must be a readable file', value: String(cause) },
      cause,
    );
  }
  return { ...parseEnv(contents), ...process.env };
}

/** Errors: setting_unknown, setting_invalid, setting_scheme_not_built. */
export function loadConfig(environment: Environment, workingDirectory = process.cwd()): Config {
  refuseUnknown(environment);
  const stages = readSettings(stageSettings, environment);
  const keys = readSettings(keySettings, environment);
  refuseEqualKeys(keys);
  refuseImpossiblePair(stages.log.scheme, stages.store.scheme);
  const dataDirectory = resolve(workingDirectory, stages.data);
  const place = (given: string, fallback: string) =>
    given === '' ? resolve(dataDirectory, fallback) : resolve(workingDirectory, given);
  const config: Config = {
    dataDirectory,
    log:
      stages.log.scheme === 'disk'
        ? {
            kind: 'disk',
            directory: place(stages.log.rest, 'log'),
            settings: readSettings(diskLogSettings, environment),
          }
        : { kind: 'memory' },
    store:
      stages.store.scheme === 'embedded'
        ? {
            kind: 'embedded',
            directory: place(stages.store.rest, 'store'),
            settings: readSettings(embeddedSettings, environment),
          }
        : { kind: 'memory' },
    cache: { kind: 'memory', ...readSettings(cacheSettings, environment) },
    catalog: { kind: 'file', file: place(stages.catalog.rest, 'catalog.sqlite') },
    http: readSettings(httpSettings, environment),
    keys,
    collect: readSettings(collectSettings, environment),
    writer: readSettings(writerSettings, environment),
    operations: readSettings(operationsSettings, environment),
    question: readSettings(questionSettings, environment),
    reporter: readSettings(reporterSettings, environment),
    client: readSettings(clientSettings, environment),
    notes: [...notesOnForeign(environment), ...notesOnMemory(stages.log.scheme, stages.store.scheme)],
  };
  return Object.freeze(config);
}

export function declaredNames(): readonly string[] {
  return settingsGroups.flatMap((group) =>
    Object.values(group.settings).flatMap((each) => [each.name, ...each.aliases]),
  );
}

function refuseUnknown(environment: Environment): void {
  const names = declaredNames();
  const known = new Set(names);
  for (const name of Object.keys(environment)) {
    if (/^MILLRACE_/i.test(name) && !known.has(name)) {
      throw failure('setting_unknown', {
        setting: name,
        meant: misnomers[name] ?? closestSetting(name, names),
      });
    }
  }
}

/** What all names share says nothing about which one was meant. */
function closestSetting(wrong: string, names: readonly string[]): string | undefined {
  const prefix = 'MILLRACE_';
  const ends = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const closest = closestName(wrong.slice(prefix.length), ends);
  return closest === undefined ? undefined : prefix + closest;
}

/** Names that people guess and that are too far from ours to be found by spelling. */
const misnomers: Readonly<Record<string, string>> = {
  MILLRACE_PORT: 'PORT',
  MILLRACE_LOG_LEVEL: 'MILLRACE_REPORT_LEVEL',
  MILLRACE_LOG_FORMAT: 'MILLRACE_REPORT_FORMAT',
  MILLRACE_DIR: 'MILLRACE_DATA',
  MILLRACE_DATABASE_URL: 'MILLRACE_STORE',
};

function refuseEqualKeys(keys: Values<typeof keySettings>): void {
  const names = { write: 'MILLRACE_WRITE_KEY', read: 'MILLRACE_READ_KEY', admin: 'MILLRACE_ADMIN_KEY' };
  for (const [one, other] of [
    ['write', 'read'],
    ['write', 'admin'],
    ['read', 'admin'],
  ] as const) {
    const value = keys[one];
    if (value !== undefined && value === keys[other]) {
      throw failure('setting_invalid', {
        setting: names[other],
        rule: `must differ from ${names[one]}`,
        value: 'the same key',
      });
    }
  }
}

function refuseImpossiblePair(log: string, store: string): void {
  // A memory log counts its offsets from 0 again after a restart; the store would take new events for ones that it has.
  if (log === 'memory' && store === 'embedded') {
    throw invalidSetting(
      'MILLRACE_STORE',
      'must be memory: while MILLRACE_LOG is memory: (a durable store needs a durable log)',
      `${store}:`,
    );
  }
}

/** Names of the field that this version does not use: said once, so that nobody believes that they do something. */
const foreign =
  /^(DATABASE_URL|DB_(HOST|PORT|NAME|USER|PASSWORD|POOL_MAX|POOL_MIN|READ_HOST|READ_PORT|READ_POOL_MAX|READ_POOL_MIN)|REDIS_(URL|HOST|PORT|PASSWORD)|UPSTASH_REDIS_REST_(URL|TOKEN))$/;

function notesOnForeign(environment: Environment): string[] {
  const names = Object.keys(environment).filter((name) => foreign.test(name) && environment[name]?.trim());
  if (names.length === 0) return [];
  const verb = names.length === 1 ? 'is set but has' : 'are set but have';
  return [`${names.sort().join(', ')} ${verb} no effect: this version keeps everything under MILLRACE_DATA`];
}

function notesOnMemory(log: string, store: string): string[] {
  const notes: string[] = [];
  if (log === 'memory') notes.push('MILLRACE_LOG is memory: accepted events are lost when this process ends');
  if (store === 'memory')
    notes.push('MILLRACE_STORE is memory: what was counted is forgotten when this process ends');
  return notes;
}
