/** How SELECTs are written, the same in every dialect. */

export const aliased = (expression: string, name: string): string =>
  expression === name ? name : `${expression} AS ${name}`;

/** By line feeds, which no literal holds; to `^` a U+2028 inside a literal begins a line too. */
export const indent = (sql: string): string => `  ${sql.replaceAll('\n', '\n  ')}`;

export function select(
  values: readonly string[],
  from: string,
  where: readonly string[],
  group: readonly string[],
): string {
  return [
    `SELECT ${values.join(', ')}`,
    `FROM ${from}`,
    ...(where.length === 0 ? [] : [`WHERE ${where.join(' AND ')}`]),
    ...(group.length === 0 ? [] : [`GROUP BY ${group.join(', ')}`]),
  ].join('\n');
}
