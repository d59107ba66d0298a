/** Events that may say who is the same person, as they are spelt. */
export const linkTypes: ReadonlySet<string> = new Set(['identify', 'IDENTIFY', 'alias', 'ALIAS']);
