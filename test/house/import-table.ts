/** Reads the import table of ARCHITECTURE.md, and what the files under src/ import, so that a test can hold one against the other. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export interface Rule {
  /** Patterns relative to src/: a file, a folder with its '/', `*` for a name, `**` for folders. */
  readonly parts: readonly string[];
  readonly values: readonly string[];
  readonly types: readonly string[];
  /** `everything but`: the patterns are what may not be imported. */
  readonly exceptions: boolean;
}

export interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

export function readTable(): readonly Rule[] {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const section = text.slice(text.indexOf('## Who may import whom'));
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [, parts = '', values = '', types = ''] = row.split('|');
    return {
      parts: names(parts),
      values: names(values),
      types: names(types),
      exceptions: values.includes('everything but'),
    };
  });
}

export function sourceFiles(): readonly string[] {
  return globSync('**/*.ts', { cwd: join(root, 'src') })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}

/** Static, dynamic and re-exporting imports of our own files. */
export function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, 'src', file), 'utf8');
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) =>
    found.push({ from: file, to: posix.normalize(posix.join(dirname(file), specifier)), typeOnly });
  for (const [, type, clause, specifier] of text.matchAll(
    /^(?:import|export)\s+(type\s)?([^'";]*?)\s*from\s+'(\.[^']+)'/gm,
  )) {
    add(specifier!, type !== undefined || onlyTypes(clause!));
  }
  for (const [, specifier] of text.matchAll(/^import\s+'(\.[^']+)'/gm)) add(specifier!, false);
  for (const [, type, specifier] of text.matchAll(/(typeof\s+)?\bimport\(\s*'(\.[^']+)'\s*\)/g))
    add(specifier!, type !== undefined);
  return found;
}

/** The rule of the most specific pattern that fits: files before folders, long before short. */
export function ruleOf(file: string, table: readonly Rule[]): Rule | undefined {
  const fitting = table.flatMap((rule) =>
    rule.parts.filter((part) => fits(file, part)).map((part) => ({ rule, part })),
  );
  fitting.sort(
    (a, b) =>
      Number(b.part.endsWith('.ts')) - Number(a.part.endsWith('.ts')) || b.part.length - a.part.length,
  );
  return fitting[0]?.rule;
}

export function allows(rule: Rule, { from, to, typeOnly }: Import, table: readonly Rule[]): boolean {
  if (dirname(from) === dirname(to) && dirname(from) !== '.') return true;
  if (rule.exceptions) return !rule.values.some((pattern) => fits(to, pattern));
  if (rule === ruleOf(to, table) && rule.parts.some((part) => fits(from, part) && fits(to, part)))
    return true;
  return [...rule.values, ...(typeOnly ? rule.types : [])].some((pattern) => fits(to, pattern));
}

export function fits(file: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+]/g, '\\$&')
    .replaceAll('**/', '(?:.+/)?')
    .replace(/(?<!\.)\*(?!\))/g, '[^/]+');
  return new RegExp(`^${expression}${pattern.endsWith('/') ? '' : '$'}`).test(file);
}

const onlyTypes = (clause: string) => {
  const items = /\{([^}]*)\}/
    .exec(clause)?.[1]
    ?.split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  return items !== undefined && items.length > 0 && items.every((each) => each.startsWith('type '));
};
const names = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
