/**
 * The private directory (0700) of one engine: its socket, its configuration, the data of inserts under way. It stands under
 * the system's directory for temporary files because a socket's path must be short and data directories may be deep.
 * Its name holds the owner's process id, so that what a killed owner left is found and removed.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure } from '../../errors.ts';

const prefix = 'millrace-engine-';
/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, the last one NUL. */
const socketPathBytesMax = 103;

export interface WorkDirectory {
  readonly path: string;
  readonly socketPath: string;
  remove(): Promise<void>;
}

/** Errors: setting_invalid when the socket's path would be too long. */
export async function openWorkDirectory(parent = tmpdir()): Promise<WorkDirectory> {
  await removeLeftovers(parent);
  const path = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  const socketPath = join(path, 's');
  const remove = () => rm(path, { recursive: true, force: true });
  if (Buffer.byteLength(socketPath) > socketPathBytesMax) {
    await remove();
    throw failure('setting_invalid', {
      setting: 'MILLRACE_ENGINE_TMP',
      rule: `must be short enough for a socket in it (${socketPathBytesMax} bytes in all)`,
      value: JSON.stringify(parent),
    });
  }
  return { path, socketPath, remove };
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = Number(/^millrace-engine-(\d+)-/.exec(name)?.[1]);
    if (!Number.isInteger(owner)) continue;
    const path = join(parent, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined || info.uid !== process.getuid?.()) continue;
    // in a container this process may have the very id of the one that was killed
    const isOld = owner === process.pid && info.mtimeMs < performance.timeOrigin;
    if (isOld || !isAlive(owner)) await rm(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
