/** Names of columns: the fields of an event row in snake_case, the same in every SQL store. */
import type { EventRow } from '../../event/event-row.ts';

/** `utmSource` → `utm_source`. The log's place is apart from what was sent: `_partition`, `_offset`. */
export function columnName(field: keyof EventRow): string {
  switch (field) {
    case 'partition':
    case 'offset':
      return `_${field}`;
    case 'personKey':
      return 'user_key';
    default:
      return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
