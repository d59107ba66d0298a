#!/usr/bin/env node
/**
 * Starts the command line with a runtime that is new enough: this one, or the Node that is pinned among the dependencies. Plain
 * JavaScript that an old Node can read, too.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const nodeMajorMin = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
// a checkout has the source; the published package has what was built from it
const source = join(root, 'src', 'cli', 'millrace.ts');
const entry = existsSync(source) ? source : join(root, 'dist', 'src', 'cli', 'millrace.js');

if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
  await import(entry);
} else {
  const node = pinnedNode();
  if (node === undefined) {
    console.error(
      `millrace: Node ${nodeMajorMin} or newer is needed and this is ${process.versions.node}; no pinned one is installed for ${process.platform} ${process.arch}`,
    );
    process.exit(1);
  }
  runWith(node);
}

/** The runtime that npm installed for this platform, whichever of the two names its package has. */
function pinnedNode() {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      const directory = dirname(require.resolve(`${name}/package.json`));
      const node = join(directory, 'bin', platform === 'win' ? 'node.exe' : 'node');
      if (existsSync(node)) return node;
    } catch {
      // not installed here
    }
  }
  return undefined;
}

/** The child is the program; this process hands on what it is told and ends as the child does. */
function runWith(node) {
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    // a terminal sends SIGINT to the whole group already; a second one would count as "now"
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`millrace: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const each of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}
