/**
 * The columns of `events`, in the order in which COPY carries them: one list for the migrations, the encoder and the
 * statements, so that they cannot drift apart. Columns of fixed width stand first, which saves their padding.
 *
 * `user_key` is the signed form of the unsigned personKey. `properties` is one flat object of the paths of plan/field.ts:
 * {"a": {"b": 1}} is kept as {"a.b": 1}; what is absent is left out, arrays are whole, numbers are JavaScript's shortest text.
 */
import type { EventRow } from '../../event/event-row.ts';
import { columnName } from '../sql/column-name.ts';

/** How a value becomes bytes; see copy-encoder.ts. */
export type ColumnKind =
  | 'bigint'
  | 'key'
  | 'integer'
  | 'boolean'
  | 'instant'
  | 'text'
  | 'amount'
  | 'properties';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Undefined for `id_hash`, which is made of project and eventId (id-hash.ts). */
  readonly field: (keyof EventRow & string) | undefined;
}

const column = (field: keyof EventRow & string, kind: ColumnKind): Column => ({
  name: columnName(field),
  kind,
  field,
});

const texts = (...fields: (keyof EventRow & string)[]) => fields.map((field) => column(field, 'text'));

export const eventColumns: readonly Column[] = [
  column('timestamp', 'instant'),
  column('receivedAt', 'instant'),
  column('offset', 'bigint'),
  column('personKey', 'key'),
  { name: 'id_hash', kind: 'key', field: undefined },
  column('partition', 'integer'),
  column('bot', 'boolean'),
  ...texts(
    'project',
    'type',
    'eventId',
    'userId',
    'anonymousId',
    'previousId',
    'sessionId',
    'viewId',
    'source',
  ),
  ...texts('url', 'host', 'path', 'referrer', 'referrerHost', 'channel'),
  ...texts('utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent'),
  ...texts(
    'title',
    'screen',
    'language',
    'appVersion',
    'os',
    'device',
    'browser',
    'country',
    'region',
    'city',
  ),
  ...texts('productId', 'currency', 'experimentId', 'variantKey'),
  column('amount', 'amount'),
  column('properties', 'properties'),
];

/** Text compares by its bytes, whatever the database's locale is. */
const types: Readonly<Record<ColumnKind, string>> = {
  bigint: 'bigint NOT NULL',
  key: 'bigint NOT NULL',
  integer: 'integer NOT NULL',
  boolean: 'boolean NOT NULL',
  instant: 'timestamptz(3) NOT NULL',
  text: `text COLLATE "C" NOT NULL DEFAULT ''`,
  amount: 'numeric(18, 4)',
  properties: `jsonb NOT NULL DEFAULT '{}'`,
};

/** The column definitions of `events`, for CREATE TABLE. */
export const eventColumnDefinitions = eventColumns
  .map(({ name, kind }) => `  ${name} ${types[kind]}`)
  .join(',\n');

/** What a row may be about, as in every store: times outside are refused. Epoch ms. */
export const instants = { min: Date.UTC(1900, 0, 1), max: Date.UTC(2290, 0, 1) };

export const isStorable = (time: number): boolean => time >= instants.min && time < instants.max;
