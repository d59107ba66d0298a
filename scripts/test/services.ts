/** What some suites need and a machine may lack. Suites of pages need a browser; the servers of later stores come here too. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Service {
  readonly name: string;
  /** What to do to have it. */
  readonly advice: string;
  /** Whether the test file needs it. */
  needs(file: string): boolean;
  available(): boolean;
}

export const services: readonly Service[] = [
  {
    name: 'Chromium',
    advice: 'Install it, or set CHROMIUM to its path',
    needs: (file) => file.endsWith('.page.test.ts'),
    available: () => chromiumPath() !== undefined,
  },
];

/** The browser of the system; undefined when there is none. */
export function chromiumPath(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const directories = (process.env.PATH ?? '').split(delimiter);
  const found = directories.flatMap((directory) => names.map((name) => join(directory, name)));
  return [process.env.CHROMIUM ?? '', ...found].find((path) => path !== '' && executable(path));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
