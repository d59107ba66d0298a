/** The layout is as ARCHITECTURE.md says, and the rules of the house hold in every file. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { allows, fits, importsOf, readTable, root, ruleOf, sourceFiles } from './import-table.ts';

const table = readTable();
const files = sourceFiles();
const source = (file: string) => readFileSync(join(root, 'src', file), 'utf8');

/** Without comments and texts, where a forbidden word is only a word. */
const code = (file: string) => source(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

describe('the import table', () => {
  it('has a row for every file, and a file for every row', () => {
    assert.deepEqual(
      files.filter((file) => ruleOf(file, table) === undefined),
      [],
    );
    const parts = table.flatMap((rule) => rule.parts);
    assert.deepEqual(
      parts.filter((part) => !files.some((file) => fits(file, part))),
      [],
    );
  });

  it('allows every import that there is', () => {
    const forbidden = files.flatMap((file) => {
      const rule = ruleOf(file, table);
      return rule === undefined ? [] : importsOf(file).filter((each) => !allows(rule, each, table));
    });
    assert.deepEqual(
      forbidden.map(({ from, to, typeOnly }) => `${from} imports ${typeOnly ? 'types of ' : ''}${to}`),
      [],
    );
  });

  it('refuses what crosses the flow', () => {
    const refused = (from: string, to: string, typeOnly = false) =>
      !allows(ruleOf(from, table)!, { from, to, typeOnly }, table);
    assert.ok(refused('collect/collector.ts', 'store/store.ts', true));
    assert.ok(refused('query/run.ts', 'log/log.ts', true));
    assert.ok(refused('writer/writer.ts', 'store/embedded/engine.ts'));
    assert.ok(refused('store/memory/memory-store.ts', 'store/clickhouse/schema.ts'));
    assert.ok(refused('plan/plan.ts', 'event/event.ts'));
    assert.ok(refused('http/app.ts', 'config.ts', true));
    assert.ok(!refused('plan/plan.ts', 'event/event.ts', true));
    assert.ok(!refused('event/derive/page.ts', 'event/event.ts'));
  });

  it('sees every kind of import', () => {
    const found = importsOf('cli/catalog-access.ts');
    assert.ok(
      found.some(({ to, typeOnly }) => to === 'system/closed-house.ts' && !typeOnly),
      'a dynamic one',
    );
    assert.ok(
      found.some(({ to, typeOnly }) => to === 'catalog/catalog.ts' && typeOnly),
      'a type',
    );
    assert.ok(
      found.some(({ to, typeOnly }) => to === 'config.ts' && !typeOnly),
      'a value',
    );
  });

  it('has no cycle between folders', () => {
    const part = (file: string) => ruleOf(file, table)?.parts.find((each) => fits(file, each)) ?? file;
    const graph = new Map<string, Set<string>>();
    for (const each of files.flatMap(importsOf)) {
      const [from, to] = [part(each.from), part(each.to)];
      // a stage's settings stand beside its code and may use it; nothing else does both
      if (from === to || from === '**/*-config.ts' || to === '**/*-config.ts') continue;
      graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
    assert.deepEqual(cycles(graph), []);
  });

  it('names only files that exist', () => {
    const missing = files.flatMap(importsOf).filter(({ to }) => !existsSync(join(root, 'src', to)));
    assert.deepEqual(missing, []);
  });
});

describe('every file', () => {
  it('leaves the environment to config.ts', () => {
    assert.deepEqual(
      files.filter((file) => /process\s*\.\s*env\b/.test(code(file))),
      ['config.ts'],
    );
  });

  it('begins by saying what it is responsible for', () => {
    // a test file's names say it
    const all = tracked().filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.test.ts'));
    const silent = all.filter((file) => !/^(#!.*\n)?(\/\/ .*\n)*\/\*\*/.test(read(file)));
    assert.deepEqual(silent, []);
  });

  it('exports by name, never everything', () => {
    assert.deepEqual(
      files.filter((file) => /^export \*/m.test(code(file))),
      [],
    );
  });

  it('names no path of one machine', () => {
    const place = /(?<![\w.:/*}-])\/(?:home|Users|root|work)\/[\w.-]+\//;
    assert.deepEqual(
      tracked().filter((file) => file !== 'test/house/architecture.test.ts' && place.test(read(file))),
      [],
    );
  });
});

/** What git knows and is there: what a clone would have. */
function tracked(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
}

const read = (file: string) => readFileSync(join(root, file), 'utf8');

function cycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) return void found.push([...path.slice(path.indexOf(node)), node].join(' → '));
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return found;
}
