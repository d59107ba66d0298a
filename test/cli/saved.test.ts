/** `millrace saved` as a person runs it: real processes, a real catalog; the store is not needed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { SqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { temporaryDirectory } from './server.ts';

const cli = new URL('../../src/cli/millrace.ts', import.meta.url).pathname;
const filter = { field: 'country', op: 'eq', value: 'DE' };

async function run(data: string, args: readonly string[], input = '') {
  const env = { ...process.env, MILLRACE_DATA: data, NODE_NO_WARNINGS: '1' };
  const child = spawn(process.execPath, [cli, 'saved', ...args], { cwd: data, env });
  child.stdin.end(input);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { out, err, code };
}

describe('millrace saved', () => {
  it('puts, lists, shows and deletes', async (context) => {
    const data = temporaryDirectory(context);
    const catalog = await SqliteCatalog.open({ path: join(data, 'catalog.sqlite'), random: randomBytes });
    context.after(() => catalog.close());
    await catalog.createProject({ id: 'default', name: 'default', createdAt: 1 });

    const made = await run(
      data,
      ['put', 'segment', 'germany', '--name', 'Germany'],
      JSON.stringify({ filter }),
    );
    assert.deepEqual(
      [made.out, made.err, made.code],
      ['the segment germany is saved; its version is 1\n', '', 0],
    );
    const file = join(data, 'germany.json');
    writeFileSync(file, (await run(data, ['show', 'segments', 'germany', '--json'])).out);
    const again = await run(data, ['put', 'segment', 'germany', file, '--if-version', '1']);
    assert.match(again.out, /its version is 2/);
    const outdated = await run(data, ['put', 'segment', 'germany', file, '--if-version', '1']);
    assert.deepEqual([outdated.code, /has version 2 by now, not 1/.test(outdated.err)], [1, true]);

    const list = await run(data, ['list', 'segments']);
    assert.match(
      list.out,
      /^germany +Germany +2 +\d{4}-\d\d-\d\d \d\d:\d\d +\{"filter":\{"field":"country"/m,
    );
    const all = await run(data, ['list']);
    assert.match(all.out, /^kind +id +name +version/m);
    assert.match(all.out, /^segment +germany +Germany +2 /m);
    assert.match(
      (await run(data, ['show', 'segment', 'germany'])).out,
      /^segment germany: Germany\nversion 2, .* by command-line\n\{/,
    );
    assert.equal((await run(data, ['list', 'goals'])).out, 'no goals\n');

    const wrong = await run(data, ['put', 'segment', 'x'], '{"filter": {"field": "contry", "op": "exists"}}');
    assert.deepEqual([wrong.code, /\/filter\/field .*did you mean country/.test(wrong.err)], [2, true]);
    assert.equal((await run(data, ['put', 'segment', 'x'], '{')).code, 2);
    assert.match((await run(data, ['list', 'segmnts'])).err, /there is no kind segmnts; there are question,/);
    assert.match((await run(data, ['list', 'goals', '-p', 'other'])).err, /there is no project other/);

    assert.equal((await run(data, ['delete', 'segment', 'germany'])).out, 'the segment germany is deleted\n');
    assert.equal((await run(data, ['list'])).out, 'nothing is saved in default\n');
    const gone = await run(data, ['delete', 'segment', 'germany']);
    assert.deepEqual([gone.code, gone.err], [1, 'millrace: there is no segment germany\n']);
  });
});
