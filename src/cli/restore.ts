/** `millrace restore`: a backup into a data directory that holds nothing, verified before and while it is copied. */
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { restoreBackup, verifyBackup } from '../operations/backup-directory.ts';
import { type CliContext, print } from './context.ts';
import { grouped } from './table.ts';

export function restoreCommand(context: CliContext): Command {
  return new Command('restore')
    .description('put a backup into an empty data directory')
    .argument('<directory>', 'the backup')
    .option('--verify', 'only compare every file with its checksum')
    .addHelpText(
      'after',
      '\nRestores into MILLRACE_DATA, which must not be there yet, or empty. Then: millrace doctor, and millrace serve.',
    )
    .action((directory: string, options: { verify?: true }) => restore(context, directory, options));
}

async function restore(context: CliContext, directory: string, { verify }: { verify?: true }): Promise<void> {
  if (verify) {
    const { files, createdAt } = await verifyBackup(directory);
    return print(context.stdout, `${directory} is whole: ${grouped(files.length)} files, of ${createdAt}`);
  }
  const config = loadConfig(context.environment);
  const { placesOf } = await import('../system/closed-house.ts');
  const { createdAt, millrace } = await restoreBackup(directory, placesOf(config));
  print(
    context.stdout,
    `${config.dataDirectory} holds what was acknowledged up to ${createdAt} (made by Millrace ${millrace})`,
    'look at it with: millrace doctor; start it with: millrace serve',
  );
}
