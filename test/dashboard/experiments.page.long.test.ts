/** Experiments as people meet them: found in the data, set up, read, ended, deleted with their events; in a browser on a real server. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { useBrowser } from '../support/browser.ts';
import { useHouse } from './house.ts';
import { findings, settled } from './looks.ts';

const browser = useBrowser();
const house = useHouse(browser, { isEmpty: true });

const dayMs = 86_400_000;
const begin = Math.floor(Date.now() / dayMs) * dayMs - 6 * dayMs;

interface Arm {
  readonly variant: string;
  readonly people: number;
  /** Of them, with a conversion of the goal `paid`. */
  readonly converted: number;
}

/** People come evenly over five days, and convert a minute after they came. */
function eventsOf(experimentId: string, arms: readonly Arm[]): object[] {
  return arms
    .flatMap(({ variant, people, converted }) =>
      Array.from({ length: people }, (_, person) => {
        const userId = `${experimentId}-${variant}-${person}`;
        const timestamp = begin + Math.floor((person / people) * 5 * dayMs);
        const own = { userId, source: 'server' };
        const exposure = { ...own, type: 'EXPOSURE', experimentId, variantKey: variant, timestamp };
        const paid = {
          ...own,
          type: 'CONVERSION',
          timestamp: timestamp + 60_000,
          properties: { goal: 'paid' },
        };
        return person % Math.ceil(people / converted) === 0 ? [exposure, paid] : [exposure];
      }),
    )
    .flat();
}

const clear = [
  { variant: 'control', people: 400, converted: 80 },
  { variant: 'short', people: 400, converted: 200 },
];
const skewed = [
  { variant: 'a', people: 300, converted: 60 },
  { variant: 'b', people: 180, converted: 60 },
];
/** Saw both, and in the end paid. */
const mixed = ['control', 'short'].map((variantKey, at) => ({
  ...{ type: 'EXPOSURE', experimentId: 'gate', variantKey, userId: 'who-saw-both', source: 'server' },
  timestamp: begin + at,
}));

const experiments = () => `${house().url}/p/default/experiments`;

interface Wish {
  readonly id: string;
  readonly name?: string;
  readonly variants: readonly string[];
}

async function setUp({ id, name = id, variants }: Wish): Promise<void> {
  const start = new Date(begin).toISOString();
  const body = { experimentId: id, variants: variants.map((key) => ({ key })), start, status: 'running' };
  const response = await house().api('/api/v1/saved/experiments', { id, name, body });
  assert.equal(response.status, 201, await response.text());
}

describe('experiments', () => {
  before(() => house().collect([...eventsOf('gate', clear), ...eventsOf('skewed', skewed), ...mixed]));

  it('are found in the data, set up in some clicks, and show the numbers of the API', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(experiments());
    await page.getByRole('button', { name: 'Set up gate' }).click();
    await page.getByRole('button', { name: 'Take variants and start from there' }).click();
    await page.getByRole('button', { name: 'paid', exact: true }).click();
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.waitForURL('**/experiments/gate');
    const row = page.getByRole('row', { name: /^short/ });
    await row.getByText('50.00%', { exact: true }).waitFor();
    const plan = { kind: 'experiment', experiment: 'gate', range: '30d', goals: ['paid'] };
    const { data } = (await (await house().api('/api/v1/query', plan)).json()) as {
      data: { verdicts: { text: string }[]; conversion: { exposed: number; converted: number }[] };
    };
    assert.deepEqual(
      data.conversion.map(({ exposed, converted }) => [exposed, converted]),
      [
        [400, 80],
        [400, 200],
      ],
    );
    assert.match(data.verdicts[0]!.text, /^paid: short converts better than control/);
    await page.getByText(`${data.verdicts[0]!.text}.`).waitFor();
    assert.match((await row.textContent()) ?? '', /400200/);
    await page.getByText('1 person saw several variants').waitFor();
    assert.deepEqual(troubles, []);
  });

  it('are counted by sessions, over the days, and with those who saw several variants, each by a click', async () => {
    const { page } = await house().signedIn({ timezoneId: 'UTC' });
    await page.goto(`${experiments()}/gate`);
    await page.getByRole('button', { name: 'Count them for each' }).click();
    await page.waitForURL('**/gate?mixed=count');
    await page
      .getByRole('row', { name: /^short/ })
      .getByRole('cell', { name: '401', exact: true })
      .waitFor();
    await page.getByRole('button', { name: 'Sessions' }).click();
    await page.waitForURL('**/gate?per=session&mixed=count');
    await page.getByText('sessions of one person are not independent', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Table' }).click();
    const days = page.getByRole('region', { name: 'The days as a table' });
    assert.equal(await days.getByRole('row').count(), 8);
  });

  it('warn before anything else when the split is broken, in the list too', async () => {
    await setUp({ id: 'skewed', variants: ['a', 'b'] });
    const { page } = await house().signedIn();
    await page.goto(experiments());
    await page.getByText('The ratio of variants is off', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'skewed' }).click();
    await page
      .getByRole('alert')
      .getByText('a 300 (240 expected), b 180 (240 expected)', { exact: false })
      .waitFor();
  });

  it('tell of a variant that nobody saw and of one that nobody set up', async () => {
    await setUp({ id: 'renamed', name: 'w'.repeat(100), variants: ['control', 'short and sweet'] });
    const { page } = await house().signedIn();
    const saved = await (await house().api('/api/v1/saved/experiments/renamed')).json();
    const { data } = saved as { data: { name: string; body: object } };
    const body = { ...data.body, experimentId: 'gate' };
    await house().api('/api/v1/saved/experiments/renamed', { name: data.name, body }, 'PUT');
    await page.goto(`${experiments()}/renamed`);
    await page.getByText('Not in the set-up: short').waitFor();
    await page.getByText('Nobody saw short and sweet').waitFor();
  });

  it('are changed by one of two people at a time, and what the other has typed stays', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${experiments()}/skewed?edit=yes`);
    await page.getByLabel('Hypothesis').fill('Mine');
    const saved = await (await house().api('/api/v1/saved/experiments/skewed')).json();
    const { data } = saved as { data: { name: string; body: object } };
    const body = { ...data.body, hypothesis: 'Theirs' };
    await house().api('/api/v1/saved/experiments/skewed', { name: data.name, body }, 'PUT');
    for (let attempt = 0; attempt < 2; attempt++) {
      await page.getByRole('button', { name: 'Save the changes' }).click();
      await page.getByRole('alert').getByText('Somebody else has changed this').waitFor();
      await settled(page);
    }
    assert.equal(await page.getByLabel('Hypothesis').inputValue(), 'Mine');
  });

  it('say what is missing at its place, and how many people it takes', async () => {
    const { page } = await house().signedIn();
    await page.goto(experiments());
    await page.getByRole('button', { name: 'New experiment' }).click();
    await page.getByLabel('Status').selectOption('running');
    await page.getByRole('button', { name: 'Set it up' }).click();
    for (const mistake of ['It needs a name.', 'Each variant needs the key', 'Running since when?'])
      await page.getByText(mistake, { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Sample size' }).click();
    await page.getByLabel('Rate of now, in percent').fill('10');
    await page.getByLabel('People a day').fill('10000');
    await page.getByRole('dialog').getByText('12 days').waitFor();
    await page.getByLabel('Rate of now, in percent').fill('120');
    await page.getByRole('dialog').getByRole('alert').getByText('rate must be between 0 and 1').waitFor();
  });

  it('end, and go with their events when their name is typed', async () => {
    await house().collect(eventsOf('short-lived', clear));
    await setUp({ id: 'short-lived', name: 'Short-lived', variants: ['control', 'short'] });
    const { page } = await house().signedIn();
    await page.goto(`${experiments()}/short-lived`);
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByText('Ended', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete Short-lived' }).click();
    await page.getByLabel('Delete its events too').check();
    const confirm = page.getByRole('button', { name: 'Delete it and its events' });
    assert.equal(await confirm.isDisabled(), true);
    await page.getByLabel('Type the name to confirm').fill('Short-lived');
    await confirm.click();
    await page.waitForURL('**/experiments');
    const plan = { kind: 'experiment', experiment: 'short-lived', range: '30d' };
    const { data } = (await (await house().api('/api/v1/query', plan)).json()) as { data: { variants: [] } };
    assert.deepEqual(data.variants, []);
  });

  it('are only looked at by viewers', async () => {
    const { page } = await house().signedIn();
    const { data } = (await (
      await page.request.post(`${house().url}/api/v1/people`, {
        data: { email: 'viewer@example.com', role: 'viewer', project: 'default' },
        headers: { origin: house().url },
      })
    ).json()) as { data: { link: { path: string } } };
    const { page: theirs } = await house().visitor();
    await theirs.goto(house().url + data.link.path);
    await theirs.waitForURL('**/p/default');
    await theirs.goto(experiments());
    await theirs.getByRole('link', { name: 'skewed' }).click();
    await theirs.getByRole('row', { name: /^b/ }).waitFor();
    for (const name of ['End', 'Delete skewed', 'Edit'])
      assert.equal(
        await theirs.getByRole('button', { name }).or(theirs.getByRole('link', { name })).count(),
        0,
      );
  });

  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const)
    it(`have no serious finding of axe and fit, ${colorScheme}, ${width} pixels`, async () => {
      const { page } = await house().signedIn({ colorScheme, viewport: { width, height: 900 } });
      for (const path of ['', '/gate', '/skewed', '/renamed', '/renamed?edit=yes', '?set-up=yes']) {
        await page.goto(experiments() + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await settled(page);
        assert.deepEqual(await findings(page), [], path);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok((overflow as number) <= 0, `${path} is ${overflow} pixels too wide`);
      }
    });
});
