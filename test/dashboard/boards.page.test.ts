/** Boards as people make, arrange and share them, in a real browser on a real server. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { useHouse } from './house.ts';
import { findings, overflowOf, settled, until } from './looks.ts';

const browser = useBrowser();
const house = useHouse(browser);

const trend = { kind: 'trend', range: '7d', interval: 'day', metrics: ['events'] };
const boards = '/api/v1/saved/dashboards';
interface Layout {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Kept {
  readonly name: string;
  readonly version: number;
  readonly body: {
    readonly tiles: readonly { readonly title?: string; readonly text?: string; readonly layout: Layout }[];
  };
}

const at = (x: number, y: number, width = 6, height = 4): Layout => ({ x, y, width, height });

async function save(path: string, name: string, body: object): Promise<string> {
  const response = await house().api(path, { name, body });
  assert.equal(response.status, 201, await response.clone().text());
  return ((await response.json()) as { data: { id: string } }).data.id;
}

const kept = async (id: string): Promise<Kept> =>
  ((await (await house().api(`${boards}/${id}`)).json()) as { data: Kept }).data;

const tileOf = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true });
const open = (page: Page, board: string) => page.goto(`${house().url}/p/default/boards/${board}`);
const titles = ({ body }: Kept) => body.tiles.map(({ title, text }) => title ?? text);

describe('boards', () => {
  before(async () => {
    await save('/api/v1/saved/questions', 'Events by day', { plan: trend });
    await save('/api/v1/saved/questions', 'Visitors', {
      plan: { kind: 'summary', range: '7d', metrics: ['users'] },
    });
  });

  it('are made, filled and kept, with questions and text', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default/boards`);
    await page.getByRole('button', { name: 'New board' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Morning look');
    await page.getByRole('button', { name: 'Make the board' }).click();
    await page.waitForURL(/boards\/morning-look/);
    await page.getByRole('button', { name: 'Add a question' }).click();
    await page.getByRole('button', { name: 'Events by day' }).click();
    await page.getByRole('button', { name: 'Visitors' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Add text' }).click();
    await page.getByRole('textbox', { name: 'Text' }).fill('<b>Look here</b> first');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit' }).waitFor();
    await tileOf(page, 'Events by day').locator('canvas').waitFor();
    await settled(page);
    await page.getByText('<b>Look here</b> first').waitFor();
    const { body, version } = await kept('morning-look');
    assert.deepEqual([version, body.tiles.length], [2, 3]);
    assert.deepEqual(await findings(page), []);
    // one range over all tiles: in the address, and not on the board
    await page.getByRole('button', { name: /Range/ }).click();
    await page.getByRole('button', { name: 'Yesterday' }).click();
    await page.waitForURL(/range=yesterday/);
    await settled(page);
    assert.equal((await kept('morning-look')).version, 2);
    assert.deepEqual(troubles, []);
  });

  it('are arranged by pointer and by keys, on a phone by a menu, and not changed by who gives up', async () => {
    const text = (title: string, layout: Layout) => ({ title, text: title, layout });
    const tiles = [text('One', at(0, 0)), text('Two', at(6, 0)), text('Three', at(0, 4))];
    const id = await save(boards, 'Arranged', { tiles });
    const { page, troubles } = await house().signedIn();
    await open(page, id);
    await page.getByRole('button', { name: 'Edit' }).click();
    assert.deepEqual(await findings(page), []);
    const place = async () =>
      (await kept(id)).body.tiles.map(({ layout }) => [layout.x, layout.y, layout.width, layout.height]);
    const handle = page.getByRole('button', { name: 'Move One' });
    await handle.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('status').filter({ hasText: 'One: column 1' }).waitFor();
    assert.equal(await page.evaluate("document.activeElement.getAttribute('aria-label')"), 'Move One');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    assert.deepEqual((await place())[0], [0, 4, 7, 4]);
    // under the pointer: one column to the right of where it was taken
    const grip = (await page.getByRole('button', { name: 'Move Three' }).boundingBox())!;
    const wide = (await tileOf(page, 'Three').boundingBox())!.width / 6;
    await page.mouse.move(grip.x + 5, grip.y + 5);
    await page.mouse.down();
    for (let step = 1; step <= 5; step++)
      await page.mouse.move(grip.x + 5 + (wide * 6 * step) / 5, grip.y + 5);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await page.mouse.move(grip.x + 5, grip.y + 5);
    await page.mouse.down();
    for (let step = 1; step <= 5; step++)
      await page.mouse.move(grip.x + 5 + (wide * 6 * step) / 5, grip.y + 5);
    await page.mouse.up();
    const corner = tileOf(page, 'Three').locator('[data-resize]');
    const from = (await corner.boundingBox())!;
    await page.mouse.move(from.x + 10, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(from.x + 10, from.y + 10 + 2 * 76, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit' }).waitFor();
    const three = (await place())[2]!;
    assert.deepEqual([three[0], three[3]], [6, 6]);
    const before = await kept(id);
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByRole('button', { name: 'Edit' }).click();
    assert.equal(await overflowOf(page), 0);
    const first = await page.getByRole('region').first().getAttribute('aria-label');
    await page.getByRole('button', { name: `Change ${first}` }).click();
    await page.getByRole('menuitem', { name: 'Move down' }).click();
    await until(async () => (await page.getByRole('region').first().getAttribute('aria-label')) !== first);
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Edit' }).waitFor();
    assert.deepEqual(await kept(id), before);
    assert.deepEqual(troubles, []);
  });

  it('are changed by two people without a loss: the second keeps theirs, takes the other, or has both', async () => {
    const id = await save(boards, 'Shared work', {
      tiles: [{ title: 'Start', text: 'Start', layout: at(0, 0) }],
    });
    const { page } = await house().signedIn();
    const change = async (text: string) => {
      await page.getByRole('button', { name: 'Add text' }).click();
      await page.getByRole('textbox', { name: 'Text' }).fill(text);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
    };
    const meanwhile = async (text: string) => {
      const { name, body } = await kept(id);
      const next = { name, body: { ...body, tiles: [...body.tiles, { text, layout: at(6, 0) }] } };
      assert.equal((await house().api(`${boards}/${id}`, next, 'PUT')).status, 200);
    };
    await open(page, id);
    await page.getByRole('button', { name: 'Edit' }).click();
    await change('Mine');
    await meanwhile('Theirs');
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Somebody else changed this board' });
    await dialog.getByText('Their version has 2 tiles').waitFor();
    assert.deepEqual(titles(await kept(id)), ['Start', 'Theirs']);
    await dialog.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    assert.deepEqual(titles(await kept(id)), ['Start', 'Mine']);
    await change('More of mine');
    await meanwhile('Theirs again');
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Save mine as a new board' }).click();
    await page.waitForURL(/shared-work-mine/);
    assert.deepEqual(titles(await kept('shared-work-mine')), ['Start', 'Mine', 'More of mine']);
    assert.deepEqual(titles(await kept(id)), ['Start', 'Mine', 'Theirs again']);
    await open(page, id);
    await page.getByRole('button', { name: 'Edit' }).click();
    await change('Dropped');
    await meanwhile('Last');
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Take theirs' }).click();
    await page.getByText('Last').waitFor();
    assert.equal(await page.getByText('Dropped').count(), 0);
  });

  it('ask as their tiles come into view, four at a time, and a tile that fails says so alone', async () => {
    const plans = Array.from({ length: 38 }, (_, i) => ({
      title: `Tile ${i + 1}`,
      plan: { kind: 'summary', from: Date.UTC(2026, 0, 1) + i, to: Date.UTC(2027, 0, 1) },
      layout: at((i % 2) * 6, 2 + Math.floor(i / 2) * 4),
    }));
    const gone = await save('/api/v1/saved/questions', 'Gone soon', { plan: trend });
    const outdated = await save('/api/v1/saved/segments', 'Old', {
      filter: { field: 'country', op: 'exists' },
    });
    const id = await save(boards, 'Forty', {
      tiles: [
        { question: gone, layout: at(0, 0, 6, 2) },
        { title: 'Outdated', plan: { ...trend, filter: { segment: outdated } }, layout: at(6, 0, 6, 2) },
        ...plans,
      ],
    });
    await house().api(`/api/v1/saved/questions/${gone}`, undefined, 'DELETE');
    await house().api(`/api/v1/saved/segments/${outdated}`, undefined, 'DELETE');
    const { page } = await house().signedIn();
    let [now, most, all] = [0, 0, 0];
    await page.route('**/api/v1/query', async (route) => {
      all++;
      most = Math.max(most, ++now);
      const response = await route.fetch();
      now--;
      await route.fulfill({ response });
    });
    await open(page, id);
    await tileOf(page, gone).getByText('Its question was deleted.').waitFor();
    await tileOf(page, 'Outdated').getByText('Its question cannot be asked as it was saved.').waitFor();
    await until(async () => now === 0 && all > 4);
    assert.ok(all < 30, `${all} questions were asked at first`);
    assert.ok(most <= 4, `${most} at once`);
    await tileOf(page, 'Tile 38').scrollIntoViewIfNeeded();
    await until(async () => (await tileOf(page, 'Tile 38').locator('.animate-pulse').count()) === 0);
    assert.equal(await tileOf(page, 'Tile 38').getByRole('alert').count(), 0);
    await page.setViewportSize({ width: 390, height: 800 });
    assert.equal(await overflowOf(page), 0);
  });
});

describe('a link to a board', () => {
  it('is made with a password, opens the board to who has both, and nothing once it is revoked', async () => {
    const plan = { ...trend, filter: { field: 'path', op: 'startsWith', value: '/' } };
    const id = await save(boards, 'For outside', {
      tiles: [
        { title: 'Course', plan, layout: at(0, 0) },
        { title: 'Hello', text: 'Good morning', layout: at(6, 0) },
      ],
    });
    const { page } = await house().signedIn();
    await open(page, id);
    await page.getByRole('button', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share this board' });
    await dialog.getByLabel('For whom').fill('The office');
    await dialog.getByLabel('Password (optional)').fill('harvest moon');
    assert.deepEqual(await findings(page), []);
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    const address = (await dialog.locator('pre').first().textContent())!;
    assert.match(address, /\/shared\/mr_share_[\w-]{43}$/);

    const { page: guest, troubles } = await house().visitor();
    await guest.goto(address);
    await guest.getByLabel('Password').fill('wrong moon');
    await guest.getByRole('button', { name: 'Show the board' }).click();
    await guest.getByRole('alert').waitFor();
    await guest.getByLabel('Password').fill('harvest moon');
    await guest.getByRole('button', { name: 'Show the board' }).click();
    await guest.getByRole('heading', { name: 'For outside' }).waitFor();
    await tileOf(guest, 'Course').locator('canvas').waitFor();
    await guest.getByText('Good morning').waitFor();
    await guest.getByRole('button', { name: /Range/ }).click();
    await guest.getByRole('button', { name: 'Today' }).click();
    await settled(guest);
    assert.deepEqual(await findings(guest), []);
    assert.equal(await guest.getByRole('link').count(), 0, 'nothing leads further in');
    assert.equal((await guest.request.get(`${house().url}/api/v1/session`)).status(), 401);

    await dialog.getByRole('button', { name: 'Revoke The office' }).click();
    await dialog.getByRole('button', { name: 'Revoke The office now' }).click();
    await dialog.getByText('There is none yet.').waitFor();
    // with the next refresh of the page, which comes when somebody looks at it too, and at once for who comes anew
    await guest.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
    await guest.getByText('This link is no longer valid').waitFor();
    const again = await guest.goto(address);
    assert.equal(again?.status(), 404);
    await guest.getByText('This link is no longer valid').waitFor();
    assert.deepEqual(troubles, []);
  });

  it('shows the board in a frame of another site when it may, without anything around it', async () => {
    const id = await save(boards, 'In a frame', {
      tiles: [{ title: 'Hello', text: 'From afar', layout: at(0, 0) }],
    });
    const link = async (canEmbed: boolean) => {
      const response = await house().api(`${boards}/${id}/shares`, { canEmbed });
      return ((await response.json()) as { data: { path: string } }).data.path;
    };
    const [may, mayNot] = [await link(true), await link(false)];
    const site = createServer((request, response) => {
      const path = request.url === '/may' ? may : mayNot;
      response.setHeader('content-type', 'text/html');
      response.end(`<iframe src="${house().url}${path}?embed=1" width="800" height="500"></iframe>`);
    }).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => site.once('listening', resolve));
      // another name of this machine, and so another site
      const own = `http://localhost:${(site.address() as AddressInfo).port}`;
      const { page } = await house().visitor();
      await page.goto(`${own}/may`);
      const frame = page.frameLocator('iframe');
      await frame.getByText('From afar').waitFor();
      assert.equal(await frame.getByRole('button', { name: /Range/ }).count(), 0);
      const { page: other } = await house().visitor();
      await other.goto(`${own}/may-not`);
      await until(
        async () =>
          other.frames().length === 2 && (await other.frames()[1]!.url()).startsWith('chrome-error'),
      );
    } finally {
      site.close();
      site.closeAllConnections();
    }
  });
});
