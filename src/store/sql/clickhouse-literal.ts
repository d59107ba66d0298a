/**
 * Values and names as ClickHouse reads them in SQL text. The only way in which a value gets into a statement: bound
 * parameters serialise the whole embedded engine, so everything is a literal, and this is the one escaper.
 * Lives in sql/ because both the adapter and the embedded engine's endpoint write literals.
 */

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '`': '\\`',
  '\0': '\\0',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** `'…'`. Any string; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD as everywhere in Node. */
export function stringLiteral(value: string): string {
  return `'${value.replace(/[\\'\0\b\t\n\f\r]/g, (character) => escapes[character]!)}'`;
}

/** A name in back quotes: `` `user_key` ``. */
export function identifier(name: string): string {
  return `\`${name.replace(/[\\`\0\b\t\n\f\r]/g, (character) => escapes[character]!)}\``;
}
