/** The examples of docs/questions.md are true: its shop is sent to a running server, its commands are run, its answers come back. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { planKinds } from '../../src/plan/parse-plan.ts';
import { planExamples } from '../../src/plan/schema-examples.ts';
import {
  inMemory,
  program,
  type RunningServer,
  startServer,
  temporaryDirectory,
  until,
} from '../cli/server.ts';
import { root } from '../house/import-table.ts';

const page = readFileSync(join(root, 'docs', 'questions.md'), 'utf8');

/** Runs what stands in a `sh` block, for this server. */
async function shell(server: RunningServer, command: string): Promise<string> {
  const pasted = command.replaceAll('http://127.0.0.1:3000', server.url);
  const { write, read } = server.keys;
  const { PATH, HOME } = process.env;
  const script = `millrace() { '${process.execPath}' '${program}' "$@"; }\n${pasted}`;
  const child = spawn('bash', ['-euc', script], {
    cwd: root,
    env: { PATH, HOME, MILLRACE_WRITE_KEY: write, MILLRACE_READ_KEY: read, MILLRACE_URL: server.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await once(child, 'close');
  return printed;
}

/** What the example leaves out may be anything; lists are as long as they stand there. */
function assertHolds(actual: unknown, expected: unknown, place: string): void {
  if (typeof expected !== 'object' || expected === null) {
    assert.deepEqual(actual, expected, place);
    return;
  }
  if (Array.isArray(expected))
    assert.equal((actual as unknown[] | undefined)?.length, expected.length, `${place} has as many`);
  for (const [key, value] of Object.entries(expected))
    assertHolds((actual as Record<string, unknown> | undefined)?.[key], value, `${place}/${key}`);
}

test('docs/questions.md', async (t) => {
  const server = await startServer(t, temporaryDirectory(t), inMemory);
  const collect = /```sh\n(curl [^`]*\/api\/collect[\s\S]*?)```/.exec(page)![1]!;
  const { accepted } = JSON.parse(await shell(server, collect));
  const summary = { kind: 'summary', from: '2026-01-05', to: '2026-01-12' };
  const headers = { authorization: `Bearer ${server.keys.read}`, 'content-type': 'application/json' };
  await until(
    async () => {
      const asked = { method: 'POST', headers, body: JSON.stringify(summary) };
      const answer = await (await fetch(`${server.url}/api/v1/query`, asked)).json();
      return (answer as { data?: { total: { events: number } } }).data?.total.events;
    },
    (count) => count === accepted,
  );

  const examples = [...page.matchAll(/```sh\n(curl [^`]*\/api\/v1\/query[^`]*)```\n```json\n([\s\S]*?)```/g)];
  for (const [, command, answer] of examples) {
    const plan = JSON.parse(/-d '([\s\S]*)'/.exec(command!)![1]!) as { kind: keyof typeof planExamples };
    await t.test(`shows a ${plan.kind} as the schema does, and its true answer`, async () => {
      assert.deepEqual(plan, planExamples[plan.kind]);
      assertHolds(JSON.parse(await shell(server, command!)).data, JSON.parse(answer!), plan.kind);
    });
  }

  await t.test('shows every kind', () => {
    const shown = examples.map(([, command]) => /"kind": "(\w+)"/.exec(command!)![1]);
    assert.deepEqual([...shown].sort(), [...planKinds].sort());
  });

  await t.test('shows what the command line prints', async () => {
    const [, command, text] = /```sh\n(echo [\s\S]*?)```\n```text\n([\s\S]*?)```/.exec(page)!;
    assert.equal(await shell(server, command!), text);
  });
});
