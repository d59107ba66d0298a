/**
 * How settings are declared: once, as data, with name, type, default, bounds, unit and one line of doc. The parser, docs/config.md and
 * .env.example come from the declaration. A folder declares its own in `*-config.ts` beside its code; config.ts gathers them and is the
 * only file that holds the environment. An empty variable counts as not set. Secrets never appear in errors.
 */
import { failure, type MillraceError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Setting<T> {
  readonly name: string;
  /** What docs/config.md shows: 'bytes', 'whole number', … */
  readonly type: string;
  /** One line in the indicative; the first thing that a reader sees. */
  readonly doc: string;
  /** As a user would write it; undefined: no value unless set. */
  readonly default: string | undefined;
  /** The rule in words, as it stands in errors: 'must be a whole number from 1 to 64'. */
  readonly rule: string;
  readonly secret: boolean;
  /** Other names that set it; the own name wins, then the first alias. */
  readonly aliases: readonly string[];
  /** Undefined: the text breaks the rule. May throw a failure of its own. */
  parse(text: string): T | undefined;
}

/** Settings of one part under one heading of docs/config.md. */
export interface SettingsGroup<D extends Declarations = Declarations> {
  readonly title: string;
  readonly settings: D;
}
export type Declarations = Readonly<Record<string, Setting<unknown>>>;
/** The values of a group, by the names that the code uses. */
export type Values<G extends SettingsGroup> = {
  readonly [K in keyof G['settings']]: G['settings'][K] extends Setting<infer T> ? T : never;
};

interface Common {
  readonly doc: string;
  readonly aliases?: readonly string[];
}
interface Defaulted extends Common {
  readonly default: string;
}
interface Bounds {
  readonly min?: number;
  readonly max?: number;
}
type Maker<T, O> = {
  (name: string, options: Defaulted & O): Setting<T>;
  (name: string, options: Common & { readonly default?: undefined } & O): Setting<T | undefined>;
};

export function settingsGroup<const D extends Declarations>(title: string, settings: D): SettingsGroup<D> {
  return { title, settings };
}

/** Reads one group out of the environment. Errors: setting_invalid, setting_scheme_not_built. */
export function readSettings<G extends SettingsGroup>(group: G, environment: Environment): Values<G> {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(group.settings))
    values[key] = readSetting(setting, environment);
  return Object.freeze(values) as Values<G>;
}

function readSetting<T>(setting: Setting<T>, environment: Environment): T {
  for (const name of [setting.name, ...setting.aliases]) {
    const text = environment[name]?.trim();
    if (text !== undefined && text !== '') return parseOrFail(setting, name, text);
  }
  if (setting.default === undefined) return undefined as T;
  return parseOrFail(setting, setting.name, setting.default);
}

function parseOrFail<T>(setting: Setting<T>, name: string, text: string): T {
  const value = setting.parse(text);
  if (value === undefined) throw invalidSetting(name, setting.rule, text, setting.secret);
  return value;
}

/** The error for a value that breaks a rule, for rules that span several settings too. */
export function invalidSetting(setting: string, rule: string, value: string, secret = false): MillraceError {
  const shown = secret ? `a secret of ${value.length} characters` : JSON.stringify(shorten(value));
  return failure('setting_invalid', { setting, rule, value: shown });
}

function make<T>(
  type: string,
  secret: boolean,
  name: string,
  options: Common & { readonly default?: string | undefined },
  rule: string,
  parse: (text: string) => T | undefined,
): Setting<T> {
  return {
    name,
    type,
    doc: options.doc,
    default: options.default,
    rule,
    secret,
    aliases: options.aliases ?? [],
    parse,
  };
}

/** Any text. `pattern` comes with `rule`, which says it in words ('must be a host name or an address'). */
export const text = ((name, options) =>
  make('text', false, name, options, options.rule ?? 'must be text', (given) =>
    (options.pattern?.test(given) ?? true) ? given : undefined,
  )) as Maker<string, { readonly pattern?: RegExp; readonly rule?: string }>;

export const integer = ((name, options) =>
  make('whole number', false, name, options, `must be a whole number${between(options)}`, (given) =>
    /^[+-]?\d{1,15}$/.test(given) ? within(Number(given), options) : undefined,
  )) as Maker<number, Bounds>;

/** Plain bytes, or with KB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024). */
export const bytes = ((name, options) =>
  make(
    'bytes',
    false,
    name,
    options,
    `must be a number of bytes such as 1048576, 512KiB or 64MiB${between(options)}`,
    (given) => within(scaled(given, byteUnits, 1), options),
  )) as Maker<number, Bounds>;

const duration = (type: string, plainMs: number, example: string) =>
  ((name, options) =>
    make(
      type,
      false,
      name,
      options,
      `must be a duration such as ${example}${between(options, ' ms')}`,
      (given) => within(scaled(given, durationUnits, plainMs), options),
    )) as Maker<number, Bounds>;

/** A plain number is milliseconds; ms, s, m, h, d may follow. The value, `min` and `max` are milliseconds. */
export const milliseconds = duration('milliseconds', 1, '500, 500ms or 2s');
/** A plain number is seconds; ms, s, m, h, d may follow. The value, `min` and `max` are milliseconds all the same. */
export const seconds = duration('seconds', 1000, '30, 30s or 5m');
/** A plain number is hours; ms, s, m, h, d may follow. The value, `min` and `max` are milliseconds all the same. */
export const hours = duration('hours', 3_600_000, '24, 24h or 7d');

export const flag = ((name, options) =>
  make(
    'true or false',
    false,
    name,
    options,
    'must be true or false',
    (given) => flags[given.toLowerCase()],
  )) as Maker<boolean, Record<never, never>>;

export function choice<const C extends string>(
  name: string,
  options: Defaulted & { readonly of: readonly C[] },
): Setting<C> {
  const rule = `must be one of ${options.of.join(', ')}`;
  return make(options.of.map((each) => `\`${each}\``).join(', '), false, name, options, rule, (given) =>
    options.of.find((each) => each === given.toLowerCase()),
  );
}

/** Items between commas; blanks around them are dropped. With `item`, each must match it. At most `itemsMax` (100). */
export const list = ((name, options) => {
  const itemsMax = options.itemsMax ?? 100;
  const rule = options.rule ?? `must be at most ${itemsMax} items between commas`;
  return make('list', false, name, options, rule, (given) => {
    const items = given
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    const fits = items.length <= itemsMax && items.every((each) => options.item?.test(each) ?? true);
    return fits ? Object.freeze(items) : undefined;
  });
}) as Maker<
  readonly string[],
  { readonly item?: RegExp; readonly rule?: string; readonly itemsMax?: number }
>;

/** Where a part keeps its things, or which implementation does it: `disk:`, `disk:/var/lib/millrace/log`, `redis://host`. */
export interface Location<S extends string = string> {
  readonly scheme: S;
  /** What stands behind the scheme's colon; '' when nothing does. */
  readonly rest: string;
}

/** `notBuilt`: schemes that a later version has; they are refused by name rather than as unknown. */
export function location<const S extends string>(
  name: string,
  options: Defaulted & { readonly schemes: readonly S[]; readonly notBuilt: readonly string[] },
): Setting<Location<S>> {
  const built = options.schemes.map((each) => `${each}:`).join(' or ');
  return make('location', false, name, options, `must begin with ${built}`, (given) => {
    const [, scheme, rest] = /^([a-z][a-z0-9+]*):(.*)$/is.exec(given) ?? [];
    const known = options.schemes.find((each) => each === scheme?.toLowerCase());
    if (known !== undefined) return { scheme: known, rest: rest ?? '' };
    if (scheme !== undefined) {
      // never the rest of it: it may hold a password
      throw options.notBuilt.includes(scheme.toLowerCase())
        ? failure('setting_scheme_not_built', { setting: name, scheme: `${scheme}:`, built })
        : invalidSetting(name, `must begin with ${built}`, `${scheme}:…`);
    }
    return undefined;
  });
}

export const secret = ((name, options) =>
  make(
    'secret',
    true,
    name,
    options,
    `must have at least ${options.charactersMin} characters, without blanks`,
    (given) => (given.length >= options.charactersMin && !/\s/.test(given) ? given : undefined),
  )) as Maker<string, { readonly charactersMin: number }>;

/** The declared name that a wrong one was most likely meant to be; undefined when none is near. */
export function closestName(wrong: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wrong.toUpperCase(), name);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

const byteUnits: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};
const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const flags: Readonly<Record<string, boolean>> = {
  true: true,
  1: true,
  yes: true,
  on: true,
  false: false,
  0: false,
  no: false,
  off: false,
};

function scaled(given: string, units: Readonly<Record<string, number>>, plain: number): number | undefined {
  const [, amount, unit] = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)$/i.exec(given) ?? [];
  const factor = unit === '' ? plain : unit === undefined ? undefined : units[unit.toLowerCase()];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

function within(
  value: number | undefined,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds,
): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

function between({ min = 0, max }: Bounds, unit = ''): string {
  return max === undefined ? ` from ${min}${unit} up` : ` from ${min} to ${max}${unit}`;
}

const shownMax = 80;
const shorten = (value: string) => (value.length > shownMax ? `${value.slice(0, shownMax)}…` : value);

/** Letters added, left out, changed, or two neighbors swapped (Damerau and Levenshtein, restricted), one row at a time. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = swaps ? beforePrevious[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      current[j] = Math.min(previous[j]! + 1, current[j - 1]! + 1, changed, swapped);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length]!;
}
