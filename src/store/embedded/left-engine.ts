/**
 * Ends the engine of a server that is gone. An engine ends with its server by itself, but not while it is stopped, and then it holds
 * its directory for ever. Its process id stands in the file that it locks. It is killed only when it is an engine of this project on this very
 * directory, and its parent is no longer the server that started it: so never one that a server has.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineOptions } from './engine-options.ts';

/** Written by the engine: "PID: 123" and two lines more. */
const statusFile = 'status';
const entry = /engine-process\.[jt]s$/;
const lookIntervalMs = 10;
const endMsMax = 5_000;

interface Process {
  readonly parent: number;
  readonly command: readonly string[];
}

/** Resolves with the id of the process that it has ended, if there was one. */
export async function endLeftEngine(directory: string): Promise<number | undefined> {
  const pid = lockingPid(directory);
  if (pid === undefined || !isLeft(pid, directory)) return undefined;
  if (!kill(pid)) return undefined;
  for (let waitedMs = 0; waitedMs < endMsMax && isLeft(pid, directory); waitedMs += lookIntervalMs)
    await delay(lookIntervalMs);
  return pid;
}

/** False when it has just ended, or this user may not. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function lockingPid(directory: string): number | undefined {
  try {
    const text = readFileSync(join(directory, statusFile), 'utf8');
    const pid = Number(/^PID: (\d+)$/m.exec(text)?.[1]);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isLeft(pid: number, directory: string): boolean {
  const found = process.platform === 'linux' ? linuxProcess(pid) : psProcess(pid);
  const at = found?.command.findIndex((word) => entry.test(word)) ?? -1;
  if (found === undefined || at < 0) return false;
  const options = optionsOf(found.command.slice(at + 1).join(' '));
  return options?.directory === directory && options.owner !== found.parent;
}

function optionsOf(text: string): Partial<EngineOptions> | undefined {
  try {
    return JSON.parse(text) as Partial<EngineOptions>;
  } catch {
    return undefined;
  }
}

/** Undefined also for one that has ended and was not waited for: its command is empty. */
function linuxProcess(pid: number): Process | undefined {
  try {
    const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
    return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1) };
  } catch {
    return undefined;
  }
}

function psProcess(pid: number): Process | undefined {
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  const [parent, ...command] = (stdout ?? '').trim().split(' ');
  return parent === undefined || command.length === 0 ? undefined : { parent: Number(parent), command };
}
