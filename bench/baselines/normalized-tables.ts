/**
 * How an ordinary product stores an event in PostgreSQL: five normalized tables with ten indexes (keys among them), and for each
 * event one transaction that finds or makes its person, session and page, inserts the event and its properties, and commits.
 * It keeps to what helps it: prepared statements, one insert for all properties, no row locked that need not be.
 */
import type { ClientBase } from 'pg';

export const normalizedTables: readonly string[] = [
  `CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project text NOT NULL,
  external_id text NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen timestamptz NOT NULL,
  UNIQUE (project, external_id)
)`,
  `CREATE TABLE sessions (
  id text PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users,
  started_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  country text,
  language text,
  screen text,
  user_agent text
)`,
  'CREATE INDEX sessions_user ON sessions (user_id)',
  `CREATE TABLE pages (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project text NOT NULL,
  url text NOT NULL,
  title text,
  UNIQUE (project, url)
)`,
  `CREATE TABLE events (
  event_id text PRIMARY KEY,
  project text NOT NULL,
  type text NOT NULL,
  timestamp timestamptz NOT NULL,
  user_id bigint REFERENCES users,
  session_id text REFERENCES sessions,
  page_id bigint REFERENCES pages,
  referrer text,
  product_id text,
  amount numeric(18, 4),
  currency text
)`,
  'CREATE INDEX events_type ON events (project, type, timestamp)',
  'CREATE INDEX events_user ON events (user_id, timestamp)',
  `CREATE TABLE event_properties (
  event_id text NOT NULL REFERENCES events,
  name text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (event_id, name)
)`,
];

/** What the benchmarks' events may have. */
export interface PlainEvent {
  readonly eventId: string;
  readonly type: string;
  readonly timestamp: number;
  readonly anonymousId: string;
  readonly userId?: string;
  readonly sessionId: string;
  readonly url: string;
  readonly title?: string;
  readonly referrer?: string;
  readonly userAgent?: string;
  readonly country?: string;
  readonly language?: string;
  readonly screen?: string;
  readonly productId?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

const project = 'default';

/** In one transaction. Resolves once it is committed. */
export async function insertEvent(client: ClientBase, event: PlainEvent): Promise<void> {
  const at = new Date(event.timestamp);
  await client.query('BEGIN');
  try {
    const user = await one(client, statements.user, [project, event.userId ?? event.anonymousId, at]);
    const { country, language, screen, userAgent } = event;
    await client.query(
      prepared(statements.session, [event.sessionId, user, at, country, language, screen, userAgent]),
    );
    const address = [project, event.url];
    const page =
      (await one(client, statements.page, address)) ??
      (await one(client, statements.newPage, [...address, event.title]));
    const { eventId, type, sessionId, referrer, productId, amount, currency } = event;
    const values = [eventId, project, type, at, user, sessionId, page, referrer, productId, amount, currency];
    const { rowCount } = await client.query(prepared(statements.event, values));
    const properties = Object.entries(event.properties ?? {});
    if (rowCount === 1 && properties.length > 0) {
      const names = properties.map(([name]) => name);
      const texts = properties.map(([, value]) =>
        typeof value === 'string' ? value : JSON.stringify(value),
      );
      await client.query(prepared(statements.properties, [eventId, names, texts]));
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

const statements = {
  user: `INSERT INTO users (project, external_id, first_seen, last_seen) VALUES ($1, $2, $3, $3)
ON CONFLICT (project, external_id) DO UPDATE SET last_seen = greatest(users.last_seen, EXCLUDED.last_seen) RETURNING id`,
  session: `INSERT INTO sessions (id, user_id, started_at, last_at, country, language, screen, user_agent)
VALUES ($1, $2, $3, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET last_at = greatest(sessions.last_at, EXCLUDED.last_at)`,
  // most pages are known: they are looked up first, so that nobody waits for another's row
  page: 'SELECT id FROM pages WHERE project = $1 AND url = $2',
  newPage: `INSERT INTO pages (project, url, title) VALUES ($1, $2, $3)
ON CONFLICT (project, url) DO UPDATE SET title = EXCLUDED.title RETURNING id`,
  event: `INSERT INTO events (event_id, project, type, timestamp, user_id, session_id, page_id, referrer, product_id, amount, currency)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (event_id) DO NOTHING`,
  properties: `INSERT INTO event_properties (event_id, name, value) SELECT $1, * FROM unnest($2::text[], $3::text[])`,
} as const;
const names = new Map<string, string>(Object.entries(statements).map(([name, text]) => [text, name]));

const prepared = (text: string, values: readonly unknown[]) => ({
  name: names.get(text)!,
  text,
  values: [...values],
});

async function one(
  client: ClientBase,
  text: string,
  values: readonly unknown[],
): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(prepared(text, values));
  return rows[0]?.id;
}
