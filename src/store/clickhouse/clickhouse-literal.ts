/** The escaper as the adapter's files import it; the code is shared with the embedded engine's endpoint. */
export { identifier, stringLiteral } from '../sql/clickhouse-literal.ts';
