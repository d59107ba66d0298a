import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { Catalog, Key, Project } from '../../src/catalog/catalog.ts';
import { makeKey } from '../../src/catalog/keys.ts';
import { KeyRing, keyLengthMax } from '../../src/http/key-ring.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

const project: Project = { id: 'default', name: 'Default', createdAt: 0 };

describe('the key ring', () => {
  it('keeps checking against its last copy while the catalog cannot be read, and says so once', async (context) => {
    const { ring, shelf, key, notes } = await openRing(context);
    shelf.broken = true;
    await until(() => shelf.reads > 5);
    assert.equal(ring.find(key)?.project, 'default');
    assert.deepEqual(notes.length, 1);
    assert.match(notes[0]!, /cannot be read/);
  });

  it('takes up changes again when the catalog is back', async (context) => {
    const { ring, shelf, key } = await openRing(context);
    shelf.broken = true;
    await until(() => shelf.reads > 3);
    shelf.keys = [];
    shelf.version = 'other';
    shelf.broken = false;
    await until(() => ring.find(key) === undefined);
  });

  it('reads projects and keys only when the version has changed, and counts the changes', async (context) => {
    const { ring, shelf } = await openRing(context);
    await until(() => shelf.reads > 5);
    assert.equal(shelf.listings, 1);
    const { generation } = ring;
    shelf.version = 'other';
    await until(() => ring.generation === generation + 1);
    assert.equal(shelf.listings, 2);
  });

  it('does not open when the catalog cannot be read', async () => {
    const shelf = shelfOf([]);
    shelf.broken = true;
    await assert.rejects(
      KeyRing.open({ catalog: catalogOf(shelf), telemetry: new Telemetry(), environment: {} }),
    );
  });

  it('finds no key that differs in one character, is cut, or is endless', async (context) => {
    const { ring, key } = await openRing(context);
    const last = key.at(-1) === 'x' ? 'y' : 'x';
    for (const wrong of [
      '',
      key.slice(0, -1) + last,
      key.slice(0, -1),
      `${key} `,
      'x'.repeat(keyLengthMax + 1),
    ]) {
      assert.equal(ring.find(wrong), undefined);
    }
    assert.ok(ring.find(key));
  });

  it('reads once more when it is told of a change while a read is under way', async (context) => {
    const { ring, shelf, key } = await openRing(context, 60_000);
    const gate = Promise.withResolvers<void>();
    shelf.gate = gate.promise;
    const first = ring.refresh();
    shelf.keys = [];
    shelf.version = 'other';
    const second = ring.refresh();
    gate.resolve();
    await Promise.all([first, second]);
    assert.equal(ring.find(key), undefined);
  });
});

interface Shelf {
  version: string;
  keys: readonly Key[];
  broken: boolean;
  reads: number;
  listings: number;
  gate: Promise<void>;
}

function shelfOf(keys: readonly Key[]): Shelf {
  return { version: 'first', keys, broken: false, reads: 0, listings: 0, gate: Promise.resolve() };
}

/** Only what the ring reads; anything else would throw. */
function catalogOf(shelf: Shelf): Catalog {
  return {
    async version() {
      shelf.reads += 1;
      if (shelf.broken) throw new Error('the disk is away');
      const { version } = shelf;
      await shelf.gate;
      return version;
    },
    async projects() {
      shelf.listings += 1;
      return [project];
    },
    keys: async () => shelf.keys,
  } as Partial<Catalog> as Catalog;
}

async function openRing(context: TestContext, pollIntervalMs = 2) {
  const { secret, key } = makeKey({ project: 'default', scope: 'read', name: '' }, randomBytes, 0);
  const shelf = shelfOf([key]);
  const telemetry = new Telemetry();
  const notes: string[] = [];
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  const ring = await KeyRing.open({
    catalog: catalogOf(shelf),
    telemetry,
    environment: {},
    pollIntervalMs,
  });
  context.after(() => ring.close());
  return { ring, shelf, key: secret, notes };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
