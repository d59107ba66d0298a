/** What a command has of the world around it: where it prints, its settings, the time. Tests hand in their own. */
import type { Readable } from 'node:stream';
import type { Config } from '../config.ts';
import type { Environment } from '../settings.ts';

export interface Output {
  write(text: string): unknown;
  /** Undefined or false: not a terminal. */
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}

export interface CliContext {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Opened only by who reads it. */
  readonly stdin: () => Readable;
  readonly environment: Environment;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export const exitCodes = { done: 0, failed: 1, usage: 2, partly: 3 } as const;

/** An error of the command line itself: what was typed cannot be done. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** All was worked on, and some of it could not be taken. Ends with exit code 3. */
export class PartlyDone extends Error {
  override readonly name = 'PartlyDone';
}

/** The server that the settings of this machine describe. */
export function localUrl({ http }: Config): string {
  const everywhere = http.host === '0.0.0.0' || http.host === '::';
  const host = everywhere ? 'localhost' : http.host.includes(':') ? `[${http.host}]` : http.host;
  return `http://${host}:${http.port}`;
}

export function print(output: Output, ...lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(''));
}

/** Whether ANSI colors are welcome: on a terminal, unless NO_COLOR is set (no-color.org). */
export function colored(output: Output, environment: Environment): boolean {
  return output.isTTY === true && !environment.NO_COLOR;
}
