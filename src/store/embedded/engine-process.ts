/**
 * The engine's process: the only one that loads chDB. Started by embedded-engine.ts with its options as the one argument.
 * It lives exactly as long as the channel to its parent: when that closes it kills itself, whatever runs, because an
 * orderly end would wait for queries while holding the directory's lock. The data directory survives a kill at any moment.
 */
import { readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EngineEndpoint } from './engine-endpoint.ts';
import type { EngineOptions, FromEngine, ToEngine } from './engine-options.ts';
import { serverConfig } from './engine-server-config.ts';
import { EngineSessions, Lane } from './engine-sessions.ts';
import { PartWatch } from './part-watch.ts';
import { removeTornMutations } from './torn-mutations.ts';

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function tell(message: FromEngine, then?: () => void): void {
  process.send?.(message, undefined, undefined, () => then?.());
}

function dieOf(reason: string): void {
  tell({ kind: 'failed', reason }, die);
}

function endWithParent(workDirectory: string): void {
  process.on('disconnect', () => {
    try {
      rmSync(workDirectory, { recursive: true, force: true });
    } finally {
      die();
    }
  });
  // the terminal sends these to the whole group; the parent decides when the engine ends
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('uncaughtException', (error) => {
    writeSync(2, `${error.stack}\n`);
    die();
  });
}

function obey(endpoint: EngineEndpoint): void {
  process.on('message', (message: ToEngine) => {
    switch (message.kind) {
      case 'ping':
        tell({ kind: 'pong', residentBytes: process.memoryUsage.rss() });
        break;
      case 'fence':
        void endpoint.fence(message.queryId).then(() => tell({ kind: 'fenced', call: message.call }));
        break;
      case 'drain':
        void endpoint.drain().then(() => tell({ kind: 'drained' }));
        break;
      default:
        message satisfies never;
    }
  });
}

function clearLeftovers(workDirectory: string): void {
  for (const name of readdirSync(workDirectory)) {
    if (/^(insert|laid)-/.test(name)) rmSync(join(workDirectory, name), { force: true });
  }
}

async function main(options: EngineOptions): Promise<void> {
  endWithParent(options.workDirectory);
  clearLeftovers(options.workDirectory);
  const configPath = join(options.workDirectory, 'engine.xml');
  writeFileSync(configPath, serverConfig(options), { mode: 0o600 });
  for (const path of removeTornMutations(options.directory))
    tell({
      kind: 'note',
      message: `a deletion was not written whole, as when the disk is full, and is given up: ${path}`,
    });
  try {
    const sessions = new EngineSessions(options.directory, options.database, configPath);
    const watch = new PartWatch(new Lane(sessions, {}), options.database, dieOf);
    await watch.begin();
    const endpoint = new EngineEndpoint(options, sessions, watch);
    obey(endpoint);
    await endpoint.listen();
    tell({ kind: 'ready' });
  } catch (error) {
    dieOf(error instanceof Error ? error.message : String(error));
  }
}

await main(JSON.parse(process.argv[2]!) as EngineOptions);
