/** Every data directory that a version has left behind (scripts/make-fixture.ts) opens with this one, is whole, and takes new events. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startServer, temporaryDirectory, until } from '../cli/server.ts';
import { root } from '../house/import-table.ts';

const execute = promisify(execFile);
const place = join(root, 'test', 'fixtures');

interface Counts {
  readonly totalEvents: number;
  readonly uniqueUsers: number;
  readonly eventsByType: Readonly<Record<string, number>>;
}

interface Described {
  readonly version: string;
  readonly range: { readonly from: string; readonly to: string };
  readonly default: { readonly write: string; readonly read: string; readonly admin: string };
  /** Keys of a second project; in the catalog, not in the environment. */
  readonly other: { readonly write: string; readonly read: string };
  readonly counts: { readonly default: Counts; readonly other: Counts };
  /** How many persons are one with another since identity is resolved: that version counted them apart. */
  readonly joined?: { readonly default: number; readonly other: number };
}

function resolved({ counts, joined }: Described, project: 'default' | 'other'): Counts {
  const { uniqueUsers, ...rest } = counts[project];
  return { ...rest, uniqueUsers: uniqueUsers - (joined?.[project] ?? 0) };
}

const fixtures = globSync('data-v*.json', { cwd: place });

describe('a data directory of an earlier version', () => {
  it('is kept for some version', () => assert.ok(fixtures.length > 0));

  for (const name of fixtures) {
    const fixture = JSON.parse(readFileSync(join(place, name), 'utf8')) as Described;
    it(`opens, is whole and takes new events (${fixture.version})`, async (t) => {
      const directory = temporaryDirectory(t);
      const data = join(directory, 'data');
      mkdirSync(data);
      await execute('tar', ['-xzf', join(place, name.replace('.json', '.tar.gz')), '-C', data]);
      const { write, read, admin } = fixture.default;
      const server = await startServer(t, directory, {
        MILLRACE_WRITE_KEY: write,
        MILLRACE_READ_KEY: read,
        MILLRACE_ADMIN_KEY: admin,
      });

      const ask = (key: string) => async () => {
        const { from, to } = fixture.range;
        const path = `/api/v1/analytics/summary?from=${from}&to=${to}&bots=include&exact=true`;
        const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${key}` } });
        return response.ok ? ((await response.json()) as { data: Counts }).data : undefined;
      };
      // the engine may still be opening
      const there = (counts: Counts | undefined) => counts !== undefined;
      const counts = { default: resolved(fixture, 'default'), other: resolved(fixture, 'other') };
      assert.deepEqual(await until(ask(read), there), counts.default);
      assert.deepEqual(await until(ask(fixture.other.read), there), counts.other);

      for (const [project, keys] of [
        ['default', fixture.default],
        ['other', fixture.other],
      ] as const) {
        const collected = await fetch(`${server.url}/api/collect`, {
          method: 'POST',
          headers: { authorization: `Bearer ${keys.write}`, 'content-type': 'application/json' },
          body: JSON.stringify({ type: 'after_upgrade', userId: 'ada', timestamp: fixture.range.from }),
        });
        assert.equal(collected.status, 202);
        const before = counts[project];
        const grown = await until(ask(keys.read), (counts) => counts?.eventsByType.after_upgrade === 1);
        assert.equal(grown?.totalEvents, before.totalEvents + 1);
        assert.equal(grown?.uniqueUsers, before.uniqueUsers + 1);
      }
      assert.equal(await server.stop('SIGTERM'), 0);
    });
  }
});
