/** Inputs: what they are is told by their bytes; what cannot be read is refused with what to do. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { type Format, formatOf } from '../../src/import/format.ts';
import { openInput } from '../../src/import/input.ts';
import { readParquet } from '../../src/import/parquet.ts';
import { mappingOf, outcomes, standardInput } from './rows.ts';

const text = Buffer.from('{"type":"a"}\n'.repeat(50_000));

function fileOf(t: TestContext, bytes: Uint8Array, name = 'file'): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-import-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

const none = standardInput(Buffer.alloc(0));

async function readAll(path: string, input = none): Promise<Buffer> {
  const opened = await openInput(path, input);
  const chunks: Buffer[] = [];
  for await (const chunk of opened.chunks) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const formatAt = async (path: string, said?: Format) => {
  const input = await openInput(path, none);
  try {
    return formatOf(input, said);
  } finally {
    input.close();
  }
};

describe('an input', () => {
  it('is unpacked by its first bytes, from a file and from standard input', async (t) => {
    for (const bytes of [
      text,
      gzipSync(text),
      zstdCompressSync(text),
      Buffer.concat([gzipSync(text), gzipSync('x')]),
    ]) {
      const expected = bytes.length > text.length / 2 ? text : undefined;
      const fromFile = await readAll(fileOf(t, bytes));
      assert.deepEqual(fromFile.subarray(0, text.length), expected ?? text);
      assert.deepEqual(await readAll('-', standardInput(bytes)), fromFile);
    }
  });

  it('says how much of it was read', async (t) => {
    const path = fileOf(t, gzipSync(text));
    const input = await openInput(path, none);
    for await (const _ of input.chunks) assert.ok(input.bytesRead() <= input.size!);
    assert.equal(input.bytesRead(), input.size);
  });

  it('may be empty', async (t) => {
    assert.equal((await readAll(fileOf(t, Buffer.alloc(0)))).length, 0);
    assert.equal((await readAll('-')).length, 0);
  });

  it('is refused when it was cut or is damaged, after what could be read', async (t) => {
    for (const pack of [gzipSync, zstdCompressSync]) {
      const bytes = pack(text);
      await assert.rejects(readAll(fileOf(t, bytes.subarray(0, bytes.length - 9))), {
        code: 'import_input_invalid',
        message: /ends in the middle of its packed data/,
      });
    }
    const damaged = gzipSync(text);
    damaged[damaged.length - 8]! ^= 1;
    await assert.rejects(readAll(fileOf(t, damaged)), /is damaged/);
  });

  it('is refused when it holds zstd frames that would not be read', async (t) => {
    const frames = Buffer.concat([zstdCompressSync(text), zstdCompressSync(text)]);
    await assert.rejects(
      readAll(fileOf(t, frames)),
      /more than one zstd frame.*zstd -dc FILE \| millrace import -/,
    );
    await assert.rejects(readAll('-', standardInput(frames)), /more than one zstd frame/);
  });

  it('is refused when it is a directory, missing, or packed in another way', async (t) => {
    await assert.rejects(readAll(tmpdir()), {
      code: 'import_option_invalid',
      message: /is a directory; name its files/,
    });
    await assert.rejects(readAll(join(tmpdir(), 'millrace-no-such-file')), /there is no file/);
    await assert.rejects(readAll(fileOf(t, Buffer.from('BZh91AY'))), /is packed with bzip2; .*bzip2 -dc/);
  });
});

describe('the format of an input', () => {
  it('is as it was said, else as its name says, else as it looks', async (t) => {
    const log = Buffer.from('::1 - - [01/Jan/2020:00:00:00 +0000] "-" 408 -\n');
    assert.equal(await formatAt(fileOf(t, log, 'x.csv.gz')), 'csv');
    assert.equal(await formatAt(fileOf(t, log, 'x.csv'), 'log'), 'log');
    assert.equal(await formatAt(fileOf(t, log, 'access.log.1')), 'log');
    assert.equal(await formatAt(fileOf(t, gzipSync(text), 'events.jsonl.gz')), 'ndjson');
    assert.equal(await formatAt(fileOf(t, log)), 'log');
    assert.equal(await formatAt(fileOf(t, text)), 'ndjson');
    await assert.rejects(formatAt(fileOf(t, Buffer.from('what,is\n'))), /say --format/);
  });

  it('is none when the text is in another encoding or an array', async (t) => {
    const utf16 = Buffer.from('\uFEFF{"type":"a"}\n', 'utf16le');
    await assert.rejects(formatAt(fileOf(t, utf16)), /is UTF-16.*iconv -f UTF-16/);
    await assert.rejects(formatAt(fileOf(t, utf16.subarray(2))), /NUL bytes/);
    await assert.rejects(formatAt(fileOf(t, Buffer.from(' [{"type":"a"}]'), 'a.json')), /JSON array.*jq/);
    await assert.rejects(formatAt(fileOf(t, text, 'a.parquet')), /no Parquet file/);
  });
});

describe('a Parquet file', () => {
  const file = (t: TestContext) => {
    const rows = 2_500;
    const column = (name: string, type: 'STRING' | 'TIMESTAMP' | 'INT64', of: (n: number) => unknown) => ({
      name,
      type,
      data: Array.from({ length: rows }, (_, n) => of(n)) as string[],
    });
    const columnData = [
      column('event', 'STRING', (n) => (n % 2 === 0 ? 'even' : 'odd')),
      column('ts', 'TIMESTAMP', (n) => new Date(Date.UTC(2026, 0, 1) + n)),
      column('uid', 'INT64', (n) => BigInt(n)),
      column('note', 'STRING', () => 'x'),
    ];
    return fileOf(t, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 1_000 })), 'a.parquet');
  };

  it('becomes events by its mapping, over all row groups', async (t) => {
    const path = file(t);
    assert.equal(await formatAt(path), 'parquet');
    const map = ['type=event,timestamp=ts,userId=uid,properties.n=uid'];
    const events = await outcomes(readParquet(path, mappingOf({ map, set: ['source=server'] }), () => {}));
    assert.equal(events.length, 2_500);
    for (const n of [0, 999, 1_000, 2_499])
      assert.deepEqual(events[n], {
        type: n % 2 === 0 ? 'even' : 'odd',
        timestamp: new Date(Date.UTC(2026, 0, 1) + n).toISOString(),
        userId: String(n),
        properties: { n },
        source: 'server',
      });
  });

  it('is refused when it is damaged or the mapping does not fit', async (t) => {
    const read = (path: string, map: string[]) => outcomes(readParquet(path, mappingOf({ map }), () => {}));
    await assert.rejects(
      read(file(t), ['type=no']),
      /there is no column no; .* has the columns event, ts, uid, note/,
    );
    await assert.rejects(
      read(fileOf(t, Buffer.from('PAR1 and no more')), ['type=a']),
      /cannot be read as Parquet/,
    );
  });
});
