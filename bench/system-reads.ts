/** What the system says of processes and directories. Linux only. */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export function memoryOf(pid: number): { residentBytes: number; anonymousBytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { residentBytes: read('VmRSS'), anonymousBytes: read('RssAnon') };
}

/** Blocks in use of all files below, as `du` counts them. What goes away meanwhile counts nothing. */
export function directoryBytes(path: string, counted = new Set<number>()): number {
  let bytes = 0;
  for (const entry of entriesOf(path)) {
    const place = join(path, entry.name);
    if (entry.isDirectory()) bytes += directoryBytes(place, counted);
    if (!entry.isFile()) continue;
    const stat = statSync(place, { throwIfNoEntry: false });
    if (stat === undefined || counted.has(stat.ino)) continue;
    counted.add(stat.ino);
    bytes += stat.blocks * 512;
  }
  return bytes;
}

function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick is. */
const ticksPerSecond = 100;

/** User and system time that a process has used so far, in seconds. */
export function cpuSecondsOf(pid: number): number {
  const [user, system] = ticksOf(pid);
  return (user! + system!) / ticksPerSecond;
}

/** The same with that of its children: of those that run, and of those that have ended. */
export function cpuSecondsOfFamily(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const running = children.reduce((sum, child) => sum + (cpuIfThere(Number(child)) ?? 0), 0);
  return running + ticksOf(pid).reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond;
}

function cpuIfThere(pid: number): number | undefined {
  try {
    return cpuSecondsOf(pid);
  } catch {
    return undefined;
  }
}

/** User, system, and the same of children that were waited for. */
function ticksOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // the name, in brackets, may hold anything; fields 14 to 17 are counted from behind it
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).map(Number);
}
