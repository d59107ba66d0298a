import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, isFailure } from '../../src/errors.ts';
import { ProjectRemoval, type ProjectRemovalOptions } from '../../src/operations/project-removal.ts';
import { countOf, hastyClock, openHouse, until } from './support.ts';

type House = Awaited<ReturnType<typeof openHouse>>;

function removalOf(house: House, changes: Partial<ProjectRemovalOptions> = {}): ProjectRemoval {
  const { catalog, log, writer, store, telemetry } = house;
  return new ProjectRemoval({
    catalog,
    log,
    writer,
    store,
    telemetry,
    clock: hastyClock,
    keysChanged: async () => {},
    settleMs: 1,
    ...changes,
  });
}

async function withProjects(house: House): Promise<void> {
  await house.care.createProject('shop');
  await house.care.createProject('blog');
  await house.care.createKey({ project: 'shop', scope: 'write', name: 'page' });
}

const ids = async ({ catalog }: House) => (await catalog.projects()).map(({ id }) => id);

describe('removing a project', () => {
  it("takes its events, also those that still waited in the log, and nobody else's", async (context) => {
    const house = await openHouse(context);
    await withProjects(house);
    for (const partition of [0, 1]) {
      await house.send('shop', 5, partition);
      await house.send('blog', 3, partition);
    }
    const removal = removalOf(house);
    await removal.begin('shop');
    assert.deepEqual(
      (await house.catalog.keys()).map((key) => key.revokedAt !== undefined),
      [true],
      'stopped at once',
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(await ids(house), ['blog', 'shop'].sort(), 'it waits for the writer');
    house.writer.start();
    await removal.settled();
    assert.deepEqual(await ids(house), ['blog']);
    assert.deepEqual([await countOf(house.store, 'shop'), await countOf(house.store, 'blog')], [0, 6]);
    assert.deepEqual(await house.catalog.keys(), []);
  });

  it('has the keys read again before it answers', async (context) => {
    const house = await openHouse(context);
    await withProjects(house);
    const seen: boolean[] = [];
    const keysChanged = async () => {
      seen.push((await house.catalog.projects()).some(({ deletingSince }) => deletingSince !== undefined));
    };
    const removal = removalOf(house, { keysChanged });
    await removal.begin('shop');
    assert.deepEqual(seen, [true]);
    await removal.close();
  });

  it("takes events that come in while it settles, from requests that had passed the key's check", async (context) => {
    const house = await openHouse(context);
    await withProjects(house);
    house.writer.start();
    await until(() => house.writer.status().ledger !== undefined);
    const settling = Promise.withResolvers<void>();
    const clock = {
      ...hastyClock,
      sleep: (ms: number, signal?: AbortSignal) =>
        ms === 77 ? settling.promise : hastyClock.sleep(ms, signal),
    };
    const removal = removalOf(house, { clock, settleMs: 77 });
    await removal.begin('shop');
    // long enough for a removal that does not settle to be over
    await new Promise((resolve) => setTimeout(resolve, 30));
    await house.send('shop', 4);
    await until(async () => (await countOf(house.store, 'shop')) === 4);
    settling.resolve();
    await removal.settled();
    assert.equal(await countOf(house.store, 'shop'), 0);
  });

  it('goes on at the next start when it was interrupted', async (context) => {
    const house = await openHouse(context);
    await withProjects(house);
    await house.send('shop', 5);
    const first = removalOf(house);
    await first.begin('shop');
    await first.close();
    assert.ok((await ids(house)).includes('shop'));
    house.writer.start();
    const second = removalOf(house);
    await second.resume();
    await second.settled();
    await second.close();
    assert.deepEqual(await ids(house), ['blog']);
    assert.equal(await countOf(house.store, 'shop'), 0);
  });

  it('takes up what another process marks meanwhile', async (context) => {
    const house = await openHouse(context);
    await withProjects(house);
    house.writer.start();
    await house.send('shop', 2);
    const removal = removalOf(house);
    await removal.resume();
    await house.catalog.markProjectDeleting('shop', 1);
    await until(async () => (await ids(house)).length === 1);
    assert.equal(await countOf(house.store, 'shop'), 0);
    await removal.close();
  });

  it('tries again when the store fails, and says so', async (context) => {
    const house = await openHouse(context);
    await withProjects(house);
    house.writer.start();
    let failures = 2;
    const store = {
      deleteProject: async (id: string) => {
        if (failures-- > 0) throw failure('store_unavailable', { detail: 'restarting' });
        await house.store.deleteProject(id);
      },
    };
    const removal = removalOf(house, { store });
    await removal.begin('shop');
    await removal.settled();
    assert.deepEqual(await ids(house), ['blog']);
    assert.equal(house.notes.filter(({ level }) => level === 'warn').length, 2);
  });

  it('is one removal however often it is begun, and not_found for what is not there', async (context) => {
    const house = await openHouse(context);
    await withProjects(house);
    house.writer.start();
    let deletions = 0;
    const store = {
      deleteProject: async () => {
        deletions += 1;
      },
    };
    const removal = removalOf(house, { store });
    await Promise.all([removal.begin('shop'), removal.begin('shop'), removal.resume()]);
    await removal.settled();
    context.after(() => removal.close());
    assert.equal(deletions, 1);
    await assert.rejects(removal.begin('none'), (error) => isFailure(error, 'not_found'));
  });

  it('is closed within a bounded time, however long the store takes', async (context) => {
    const house = await openHouse(context);
    await withProjects(house);
    house.writer.start();
    const deleting = Promise.withResolvers<void>();
    const free = Promise.withResolvers<void>();
    const store = {
      deleteProject: () => {
        deleting.resolve();
        return free.promise;
      },
    };
    const removal = removalOf(house, { store });
    await removal.begin('shop');
    await deleting.promise;
    await removal.close();
    assert.ok((await ids(house)).includes('shop'), 'the mark stays for the next start');
    free.resolve();
    await removal.settled();
  });
});
