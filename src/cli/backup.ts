/** `millrace backup`: a directory with everything, from the running server or from a directory that no server has. */
import { Command } from 'commander';
import type { Manifest } from '../operations/backup.ts';
import { writeBackup } from '../operations/backup-directory.ts';
import { sizeText } from '../operations/doctor.ts';
import { readTar } from '../operations/tar.ts';
import { onServerOrClosed, type ServerOptions, withServerOptions } from './admin.ts';
import { askForBytes } from './ask.ts';
import { type CliContext, print } from './context.ts';
import { grouped } from './table.ts';

const progressBytes = 8 * 1024 * 1024;

export function backupCommand(context: CliContext): Command {
  return withServerOptions(
    new Command('backup')
      .description('copy everything, consistent while the server runs')
      .argument('<directory>', 'a new directory, on this machine'),
  )
    .addHelpText(
      'after',
      `
All that was acknowledged before it began is in it. The server goes on collecting and answering. The backup holds the
hashes of keys, the salts of these days and all events: keep it as safe as the data.
Only a directory with its manifest.json is a whole backup. Restore it with: millrace restore DIRECTORY`,
    )
    .action((directory: string, options: ServerOptions) => backup(context, directory, options));
}

async function backup(context: CliContext, directory: string, options: ServerOptions): Promise<void> {
  const progress = progressLine(context);
  const manifest = await onServerOrClosed<Manifest>(
    context,
    options,
    async (server) => {
      const archive = await askForBytes({ ...server, path: '/api/v1/backup', body: {} });
      return writeBackup(readTar(whole(archive)), directory, progress);
    },
    async (config) => {
      const { backUpClosed } = await import('../system/closed-house.ts');
      return writeBackup(await backUpClosed(config), directory, progress);
    },
  );
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  if (context.stderr.isTTY) context.stderr.write('\r\u001b[K');
  print(
    context.stdout,
    `${directory} holds everything up to ${manifest.createdAt}: ${grouped(manifest.files.length)} files, ${sizeText(bytes)}`,
  );
}

/** A connection that ends too soon is an archive that ends too soon. */
async function* whole(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* archive;
  } catch (error) {
    throw new Error('the server broke the backup off; what it printed says why. Make it again', {
      cause: error,
    });
  }
}

function progressLine({ stderr }: CliContext): (bytes: number) => void {
  if (!stderr.isTTY) return () => {};
  let total = 0;
  let shown = 0;
  return (bytes) => {
    total += bytes;
    if (total - shown < progressBytes) return;
    shown = total;
    stderr.write(`\r\u001b[K${sizeText(total)} copied`);
  };
}
