/** Addresses as people would write them: `?range=7d&filter=country==DE&filter=path^=/blog`. */
import type { Search } from './view.ts';

export function parseSearch(text: string): Search {
  const search: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const known = search[name];
    search[name] = known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value];
  }
  return search;
}

export function stringifySearch(search: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined && each !== '') parameters.append(name, String(each));
  // these need no escape, and are what people read
  const text = parameters
    .toString()
    .replaceAll('%3D', '=')
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':')
    .replaceAll('%5E', '^')
    .replaceAll('%7E', '~')
    .replaceAll('%21', '!')
    .replaceAll('%3F', '?')
    .replaceAll('%2C', ',')
    .replaceAll('%7B', '{')
    .replaceAll('%7D', '}')
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']');
  return text === '' ? '' : `?${text}`;
}
