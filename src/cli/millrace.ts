/** The program `millrace`: hands the process's own streams and settings to the commands, and ends with their exit code. */
import { enableCompileCache } from 'node:module';

// in the system's directory for temporary files; from the second start on, nothing is stripped and compiled again
enableCompileCache();
const { readEnvironment } = await import('../config.ts');
const { runCli } = await import('./run.ts');

// a reader that goes away (`millrace query | head`) is no error of ours
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => process.stdin,
  environment: readEnvironment,
  now: Date.now,
});
