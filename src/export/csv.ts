/**
 * Records as CSV (RFC 4180): a header, commas, CRLF, quotes where needed. A cell that a spreadsheet would take for a formula
 * gets a `'` before it, and so does one that begins with `'`: taking one `'` away gives the value back, always. Numbers
 * stay numbers: '-12.5' is no formula.
 */
import type { Column, Row } from './sheet.ts';

const lineEnd = '\r\n';
const dangerous = /^[=+\-@\t\r\n']/;
const plainNumber = /^-\d+(?:\.\d+)?$/;
const needsQuotes = /[",\r\n]/;

export const csvHeader = (columns: readonly Column[]): string =>
  columns.map(({ name }) => cell(name)).join(',') + lineEnd;

export const csvLine = (columns: readonly Column[], row: Row): string =>
  columns.map(({ name }) => cell(textOf(row[name]))).join(',') + lineEnd;

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function cell(text: string): string {
  const safe = dangerous.test(text) && !plainNumber.test(text) ? `'${text}` : text;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
