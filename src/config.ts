/**
 * Every setting of the server, gathered from where it is declared, read once and checked together. The only file that reads the
 * environment. What it returns is frozen, has absolute paths, and is all that the rest of the system knows about settings.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { collectSettings } from './collect/collect-config.ts';
import { failure } from './errors.ts';
import { type HttpConfig, httpSettings } from './http/http-config.ts';
import { diskLogSettings } from './log/disk/disk-config.ts';
import { redisLogSettings } from './log/redis/redis-log-config.ts';
import { upstashLogSettings } from './log/upstash/upstash-config.ts';
import { type OperationsConfig, operationsSettings } from './operations/operations-config.ts';
import { postgresSettings } from './postgres/postgres-config.ts';
import { redisSettings } from './redis/redis-config.ts';
import { type ServerlessConfig, serverlessSettings } from './serverless/serverless-config.ts';
import {
  bytes,
  choice,
  closestName,
  type Environment,
  integer,
  milliseconds,
  readSettings,
  type SettingsGroup,
  secret,
  settingsGroup,
  text,
  type Values,
} from './settings.ts';
import { cacheSettings, type Stages, stageSettings, stagesOf, upstashSettings } from './stage-config.ts';
import { embeddedSettings } from './store/embedded/embedded-config.ts';
import { postgresStoreSettings } from './store/postgres/postgres-store-config.ts';
import { type WriterConfig, writerSettings } from './writer/writer-config.ts';

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
  keyConcurrencyMax: integer('MILLRACE_QUESTION_CONCURRENCY_PER_KEY', {
    default: '3',
    min: 1,
    max: 64,
    doc: 'How many questions of one key the store works on at the same time, unless the key has its own limit.',
  }),
  keyWaitingMax: integer('MILLRACE_QUESTION_WAITING_PER_KEY', {
    default: '32',
    max: 10_000,
    doc: 'How many questions of one key may wait, unless the key has its own limit; the next one is refused.',
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
  redisLogSettings,
  upstashSettings,
  upstashLogSettings,
  writerSettings,
  embeddedSettings,
  postgresSettings,
  postgresStoreSettings,
  redisSettings,
  serverlessSettings,
  operationsSettings,
  clientSettings,
];

/** All paths are absolute. */
export interface Config extends Stages {
  readonly http: HttpConfig;
  readonly keys: Values<typeof keySettings>;
  readonly collect: Values<typeof collectSettings>;
  readonly writer: WriterConfig;
  readonly serverless: ServerlessConfig;
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
  const keys = readSettings(keySettings, environment);
  refuseEqualKeys(keys);
  const stages = stagesOf(environment, workingDirectory);
  const config: Config = {
    ...stages,
    http: readSettings(httpSettings, environment),
    keys,
    collect: readSettings(collectSettings, environment),
    writer: readSettings(writerSettings, environment),
    serverless: readSettings(serverlessSettings, environment),
    operations: readSettings(operationsSettings, environment),
    question: readSettings(questionSettings, environment),
    reporter: readSettings(reporterSettings, environment),
    client: readSettings(clientSettings, environment),
    notes: [...notesOnUnused(environment, stages), ...notesOnMemory(stages)],
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

/** Names of the field that are set and do nothing here: said once, so that nobody believes that they do something. */
function notesOnUnused(environment: Environment, { store, catalog, cache, log }: Stages): string[] {
  const usesPostgres = store.kind === 'postgres' || catalog.kind === 'postgres';
  const unused = [
    ...(usesPostgres ? [] : namesOf(postgresSettings).filter((name) => /^(DATABASE_URL|DB_)/.test(name))),
    ...(cache.kind === 'redis' ? [] : namesOf(redisSettings)),
    ...(log.kind === 'upstash' ? [] : namesOf(upstashSettings)),
  ].filter((name) => environment[name]?.trim());
  if (unused.length === 0) return [];
  const verb = unused.length === 1 ? 'is set but has' : 'are set but have';
  return [
    `${unused.sort().join(', ')} ${verb} no effect: MILLRACE_STORE is ${store.kind}:, MILLRACE_CACHE ${cache.kind}:, MILLRACE_LOG ${log.kind}:`,
  ];
}

const namesOf = (group: SettingsGroup): string[] => Object.values(group.settings).map(({ name }) => name);

function notesOnMemory({ log, store }: Stages): string[] {
  const notes: string[] = [];
  if (log.kind === 'memory')
    notes.push('MILLRACE_LOG is memory: accepted events are lost when this process ends');
  if (store.kind === 'memory')
    notes.push('MILLRACE_STORE is memory: what was counted is forgotten when this process ends');
  return notes;
}
