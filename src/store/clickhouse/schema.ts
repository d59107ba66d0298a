/**
 * The columns of the tables that rows are written into, in the order in which a block carries them: one list for the
 * migrations, the encoder and the statements, so that they cannot drift apart. Rollup tables are in migrations/.
 */
import type { EventRow } from '../../event/event-row.ts';
import { columnName } from '../sql/column-name.ts';
import type { Progress, Quarantined } from '../store.ts';

/** How a value becomes bytes; see native-block.ts. `dictionary` is a LowCardinality(String). */
export type ColumnKind =
  | 'string'
  | 'dictionary'
  | 'uint64'
  | 'uint16'
  | 'boolean'
  | 'milliseconds'
  | 'day'
  | 'amount'
  | 'json';

export interface Column<Row> {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly field: keyof Row & string;
  /** A codec, for columns that compress much better with one than by the default. */
  readonly codec?: string;
}

const column = (field: keyof EventRow & string, kind: ColumnKind, codec?: string): Column<EventRow> => ({
  name: columnName(field),
  kind,
  field,
  ...(codec === undefined ? {} : { codec }),
});

/** Text with few different values is a dictionary; ids, URLs and titles are not. */
const text = (kind: 'string' | 'dictionary', ...fields: (keyof EventRow & string)[]) =>
  fields.map((field) => column(field, kind));

const times = 'DoubleDelta, ZSTD(1)';

export const eventColumns: readonly Column<EventRow>[] = [
  column('partition', 'uint16'),
  column('offset', 'uint64', 'Delta, ZSTD(1)'),
  ...text('dictionary', 'project', 'type'),
  column('timestamp', 'milliseconds', times),
  // the UTC day of the timestamp: the engine's own functions from time to day are wrong before 1970
  { ...column('timestamp', 'day', times), name: 'day' },
  column('receivedAt', 'milliseconds', times),
  ...text('string', 'eventId', 'userId', 'anonymousId', 'previousId'),
  column('personKey', 'uint64'),
  ...text('string', 'sessionId', 'viewId'),
  ...text('dictionary', 'source'),
  column('bot', 'boolean'),
  ...text('string', 'url'),
  ...text('dictionary', 'host'),
  ...text('string', 'path', 'referrer'),
  ...text('dictionary', 'referrerHost', 'channel'),
  ...text('dictionary', 'utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent'),
  ...text('string', 'title'),
  ...text(
    'dictionary',
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
  ...text('string', 'productId'),
  column('amount', 'amount'),
  ...text('dictionary', 'currency', 'experimentId', 'variantKey'),
  column('properties', 'json'),
];

/** Paths of properties that get columns of their own; the rest share one, which is read slower. */
export const propertyPathsMax = 128;

const types: Readonly<Record<ColumnKind, string>> = {
  string: 'String',
  dictionary: 'LowCardinality(String)',
  uint64: 'UInt64',
  uint16: 'UInt16',
  boolean: 'Bool',
  milliseconds: "DateTime64(3, 'UTC')",
  day: 'Date32',
  amount: 'Nullable(Decimal(18, 4))',
  json: `JSON(max_dynamic_paths = ${propertyPathsMax})`,
};

/** The column's type as the table has it. */
export const columnType = (kind: ColumnKind): string => types[kind];

/** The column definitions of a CREATE TABLE. */
export function columnDefinitions(
  columns: readonly { name: string; kind: ColumnKind; codec?: string }[],
): string {
  return columns
    .map(
      ({ name, kind, codec }) =>
        `  ${name} ${columnType(kind)}${codec === undefined ? ' CODEC(ZSTD(1))' : ` CODEC(${codec})`}`,
    )
    .join(',\n');
}

/** A place is kept once: the row that was written last counts, and none when that one ends the quarantine. */
export type QuarantineRow = Quarantined & { readonly writtenAt: number; readonly isReleased: boolean };

export const quarantineColumns: readonly Column<QuarantineRow>[] = [
  { name: '_partition', kind: 'uint16', field: 'partition' },
  { name: '_offset', kind: 'uint64', field: 'offset' },
  { name: 'project', kind: 'string', field: 'project' },
  { name: 'event_id', kind: 'string', field: 'eventId' },
  { name: 'received_at', kind: 'milliseconds', field: 'receivedAt' },
  { name: 'reason', kind: 'dictionary', field: 'reason' },
  { name: 'detail', kind: 'string', field: 'detail' },
  { name: 'body', kind: 'string', field: 'body' },
  { name: 'written_at', kind: 'uint64', field: 'writtenAt' },
  { name: 'is_released', kind: 'boolean', field: 'isReleased' },
];

export const progressColumns: readonly Column<Progress & { readonly partition: number }>[] = [
  { name: '_partition', kind: 'uint16', field: 'partition' },
  { name: 'next', kind: 'uint64', field: 'next' },
  { name: 'stored', kind: 'uint64', field: 'stored' },
  { name: 'duplicates', kind: 'uint64', field: 'duplicates' },
  { name: 'quarantined', kind: 'uint64', field: 'quarantined' },
];
