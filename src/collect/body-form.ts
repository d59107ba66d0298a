/** What the Content-Type of a request says of the form of its body. */
import { failure } from '../errors.ts';

/** `json`: one JSON document; `lines`: one event a line; `either`: decided by how the body begins. */
export type BodyForm = 'json' | 'lines' | 'either';

const allowed = 'application/json, application/x-ndjson or text/plain, in UTF-8';
const shownCharactersMax = 80;

/** text/plain is what a page may send without a preflight, so it may hold both. */
const forms = new Map<string, BodyForm>([
  ['application/json', 'json'],
  ['application/x-ndjson', 'lines'],
  ['application/ndjson', 'lines'],
  ['application/jsonl', 'lines'],
  ['application/x-jsonlines', 'lines'],
  ['text/plain', 'either'],
]);
const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i;
const utf8 = new Set(['utf-8', 'utf8', 'us-ascii']);

/** A body without a Content-Type is read as text/plain. Errors: media_type_unsupported. */
export function bodyForm(contentType = ''): BodyForm {
  const written = forms.get(contentType);
  if (written !== undefined) return written;
  if (contentType.trim() === '') return 'either';
  const end = contentType.indexOf(';');
  const name = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  const form = forms.get(name);
  const encoding = charset.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (form !== undefined && utf8.has(encoding)) return form;
  throw failure('media_type_unsupported', {
    contentType: JSON.stringify(contentType.slice(0, shownCharactersMax)),
    allowed,
  });
}
