/** `millrace` on PostgreSQL as a person runs it: real processes, a real server that goes and comes back, wrong settings. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type PostgresServer, startPostgres, withClient } from '../../scripts/services/postgres.ts';
import { type RunningServer, run, startServer, temporaryDirectory, until } from './server.ts';

const keys = {
  MILLRACE_WRITE_KEY: 'write-0123456789abcdef',
  MILLRACE_READ_KEY: 'read-0123456789abcdef',
  MILLRACE_ADMIN_KEY: 'admin-0123456789abcdef',
};

let sent = 0;
/** Takes one event of `kept` and one of a visitor without a name, whose id needs the day's salt; gives the status. */
async function collect({ url }: RunningServer, key = keys.MILLRACE_WRITE_KEY): Promise<number> {
  const timestamp = Date.now();
  const events = [
    { type: 'kept', timestamp, userId: 'ana', eventId: `e${sent++}` },
    { type: 'seen', timestamp, source: 'web', url: 'https://shop.example/', eventId: `e${sent++}` },
  ];
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return (await fetch(`${url}/api/collect`, { method: 'POST', headers, body: JSON.stringify(events) }))
    .status;
}

async function read<T>({ url }: RunningServer, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${keys.MILLRACE_READ_KEY}` };
  return (await (await fetch(url + path, { headers })).json()) as T;
}

const counted = (server: RunningServer) =>
  read<{ data?: { totalEvents: number } }>(
    server,
    `/api/v1/analytics/summary?from=2020-01-01&to=2099-01-01&bots=include`,
  ).then(({ data }) => data?.totalEvents);
const readiness = (server: RunningServer) =>
  read<{ parts: Record<string, { status: string }>; pools?: object }>(server, '/health/ready');

/** What the lines say: those of a server are JSON where nobody looks at a terminal. */
function messages(printed: string): string {
  const lines = printed.trimEnd().split('\n');
  return lines.map((line) => (line.startsWith('{') ? JSON.parse(line).message : line)).join('\n');
}

describe('millrace on PostgreSQL', () => {
  let postgres: PostgresServer;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.close());

  async function settingsOf(context: TestContext, change: Record<string, string> = {}) {
    const url = await postgres.createDatabase();
    const directory = temporaryDirectory(context);
    const settings = { MILLRACE_STORE: url, MILLRACE_POSTGRES_CONNECT_MS: '500', ...keys, ...change };
    return { url, directory, settings };
  }

  it('counts what it took, with its catalog beside the store', async (context) => {
    const { directory, settings } = await settingsOf(context);
    const server = await startServer(context, directory, settings);
    assert.equal(await collect(server), 202);
    assert.equal(
      await until(
        () => counted(server),
        (events) => events === 2,
      ),
      2,
    );
    const { parts, pools } = await readiness(server);
    assert.deepEqual(
      Object.values(parts).map(({ status }) => status),
      ['ready', 'ready', 'ready', 'ready'],
    );
    assert.ok(pools !== undefined && !JSON.stringify(pools).includes('127.0.0.1'));
    const metrics = await fetch(`${server.url}/metrics`, {
      headers: { authorization: `Bearer ${keys.MILLRACE_READ_KEY}` },
    });
    assert.match(await metrics.text(), /^millrace_postgres_pool_connections\{pool="write"\} [1-9]/m);
    assert.equal(await server.stop('SIGTERM'), 0);
  });

  it('takes events, checks keys and starts while PostgreSQL is down, and counts each once when it is back', async (context) => {
    const { directory, settings } = await settingsOf(context);
    const first = await startServer(context, directory, settings);
    const made = await run(directory, ['keys', 'create', 'write'], settings);
    const key = /mr_write_\w+/.exec(made.stdout)?.[0] ?? assert.fail(made.stdout + made.stderr);
    assert.equal(
      await until(
        () => collect(first, key),
        (status) => status === 202,
      ),
      202,
    );
    await postgres.kill();
    assert.equal(await collect(first, key), 202);
    await until(
      () => readiness(first),
      ({ parts }) => parts.catalog?.status === 'degraded',
    );
    first.process.kill('SIGKILL');
    const second = await startServer(context, directory, settings);
    assert.equal(await collect(second, key), 202);
    assert.equal(await collect(second, 'mr_write_unknown'), 401);
    const { parts } = await readiness(second);
    assert.equal(parts.log?.status, 'ready');
    assert.equal(parts.catalog?.status, 'degraded');
    const refused = await run(directory, ['keys', 'create', 'write'], settings);
    assert.equal(refused.code, 1);
    assert.match(messages(refused.stderr), /cannot be reached \(ECONNREFUSED\): correct MILLRACE_STORE/);
    await postgres.start();
    // whoever waits for it asks again after 10 s at most
    let events = await counted(second);
    for (let tries = 0; events !== 6 && tries < 5; tries++)
      events = await until(
        () => counted(second),
        (found) => found === 6,
      );
    assert.equal(events, 6);
    assert.equal(
      await until(
        async () => (await readiness(second)).parts.catalog?.status,
        (status) => status === 'ready',
      ),
      'ready',
    );
    assert.equal(await second.stop('SIGTERM'), 0);
    assert.match(second.stderr(), /keys are checked against the copy of 20/);
  });

  it('says in one line what is wrong with the settings, and takes events meanwhile', async (context) => {
    const { directory, settings, url } = await settingsOf(context);
    const catalog = { MILLRACE_CATALOG: 'file:' };
    const cases: [object, RegExp][] = [
      [
        { password: 'wrong' },
        /refuses the password of user "postgres" .*: set the right one in MILLRACE_STORE/,
      ],
      [{ pathname: '/nothing' }, /there is no database "nothing" .*MILLRACE_STORE/],
    ];
    for (const [change, line] of cases) {
      const wrong = { MILLRACE_STORE: Object.assign(new URL(url), change).href };
      const server = await startServer(context, directory, { ...settings, ...catalog, ...wrong });
      assert.equal(await collect(server), 202);
      assert.match(
        await until(
          async () => messages(server.stderr()),
          (text) => line.test(text),
        ),
        line,
      );
      assert.equal(await server.stop('SIGTERM'), 0);
      const fresh = await run(temporaryDirectory(context), ['serve'], { ...settings, ...wrong });
      assert.equal(fresh.code, 1, 'no catalog was ever there to have a copy of');
      assert.match(messages(fresh.stderr).split('\n').at(-1)!, line);
    }
    const right = await startServer(context, directory, { ...settings, ...catalog });
    assert.equal(
      await until(
        () => counted(right),
        (events) => events === 4,
      ),
      4,
    );
    assert.equal(await right.stop('SIGTERM'), 0);
  });

  it('is maintained from any machine, one at a time', async (context) => {
    const { directory, settings, url } = await settingsOf(context);
    const server = await startServer(context, directory, { ...settings, MILLRACE_MAINTENANCE: 'false' });
    await until(
      () => readiness(server),
      ({ parts }) => parts.store?.status === 'ready',
    );
    const last = await withClient(url, async (client) => {
      const text = `SELECT max(inhrelid::regclass::text) AS name FROM pg_inherits WHERE inhparent = 'millrace.events'::regclass`;
      const { name } = (await client.query(text)).rows[0];
      await client.query(`DROP TABLE ${name}`);
      return name as string;
    });
    const there = () =>
      withClient(
        url,
        async (client) => (await client.query('SELECT to_regclass($1) AS name', [last])).rows[0].name,
      );
    const beside = (...args: string[]) =>
      run(directory, ['maintain', ...args], { ...settings, MILLRACE_URL: server.url });
    const without = await beside('--no-create-partitions', '--json');
    assert.equal(without.stderr, '');
    assert.equal(JSON.parse(without.stdout).upkeep.partitionsMade, 0);
    assert.equal(await there(), null);
    assert.match(
      (await beside()).stdout,
      /^1 partitions are made\n\d+ partitions, for 3[67]\d days from now on\n$/,
    );
    assert.equal(await there(), last);

    const maintain = (...args: string[]) => run(temporaryDirectory(context), ['maintain', ...args], settings);
    const runs = await Promise.all([maintain(), maintain('--vacuum')]);
    assert.ok(runs.some(({ code }) => code === 0));
    for (const { code, stdout, stderr } of runs) {
      if (code === 0) assert.match(stdout, /^0 partitions are made\n/);
      else assert.match(stderr, /another process maintains this store/);
    }
    assert.match((await maintain('--drop-old-partitions')).stderr, /MILLRACE_RETENTION_DAYS is not set/);
    assert.equal(await server.stop('SIGTERM'), 0);
  });
});
