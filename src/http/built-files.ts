/** Files that a build has made, with the compressed forms that it laid beside them; held in memory, since they are few. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { RouteAnswer } from './route.ts';

type Encoding = 'br' | 'gzip';

export interface BuiltFile {
  /** Within the folder, with slashes. */
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly compressed: Readonly<Partial<Record<Encoding, Uint8Array>>>;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
const endings: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

/** Empty when nothing is built. */
export function readBuilt(folder: URL): readonly BuiltFile[] {
  const names = globSync('**/*.*', { cwd: fileURLToPath(folder) }).filter((name) => extname(name) in types);
  return names.map((each) => {
    const name = each.replaceAll('\\', '/');
    const bytes = readFileSync(new URL(name, folder));
    const tag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    return {
      name,
      type: types[extname(name)]!,
      bytes,
      compressed: compressedOf(folder, name),
      etag: `W/"${tag}"`,
    };
  });
}

function compressedOf(folder: URL, name: string): BuiltFile['compressed'] {
  const forms = Object.entries(endings).flatMap(([encoding, ending]) => {
    const file = new URL(name + ending, folder);
    return existsSync(file) ? [[encoding, readFileSync(file)] as const] : [];
  });
  return Object.fromEntries(forms);
}

/** In the smallest form that the client takes. */
export function sendFile(
  { bytes, compressed, type, etag }: BuiltFile,
  accepted: string | readonly string[] | undefined,
  headers: Readonly<Record<string, string>>,
): RouteAnswer {
  const takes = String(accepted ?? '').toLowerCase();
  const encoding = (['br', 'gzip'] as const).find(
    (each) => compressed[each] && new RegExp(`\\b${each}\\b(?!;q=0(\\D|$))`).test(takes),
  );
  const body = encoding === undefined ? bytes : compressed[encoding]!;
  return {
    headers: {
      'content-type': type,
      'content-length': String(body.byteLength),
      vary: 'accept-encoding',
      etag,
      ...(encoding && { 'content-encoding': encoding }),
      ...headers,
    },
    body: Readable.from([body]),
  };
}
