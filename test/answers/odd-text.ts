/** Text that SQL, JSON or a regular expression could take for something else is text: as a value and as the key of a property. */
import type { AnswerCase, AnswerSet } from './answer-set.ts';

const texts = [
  '`',
  '"',
  "'",
  '\\',
  "\\'",
  ' ',
  ' a',
  'a ',
  '\n',
  '\r\n',
  '\t',
  // line ends to JavaScript alone
  'a\u2028b',
  'a\u2029b',
  '\u0001',
  '\u202e',
  '%',
  '%0',
  '%60',
  '{a:String}',
  '--',
  '/*',
  "' OR 1=1 --",
  "'); DROP TABLE events; --",
  '^a',
  'a[]',
  'a:`String`',
  '__proto__',
  'constructor',
  'toString',
  '😀',
];

const only = (text: string, field: string, value: string | number): AnswerCase => ({
  name: `${field.replace(text, '…')} of ${JSON.stringify(text)} is found, and nothing else`,
  question: { filter: { field, op: 'eq', value } },
  answer: { total: { events: 1 } },
});

export const oddText: AnswerSet = {
  about: 'odd text',
  events: texts.map((text) => ({
    at: '2025-06-15T12:00:00Z',
    type: text,
    // parsed, as from a request: a literal would set the prototype
    properties: JSON.parse(`{${JSON.stringify(text)}: 1, "in": {${JSON.stringify(text)}: "v"}}`),
  })),
  question: { kind: 'summary', from: '2025-06-15', to: '2025-06-16', metrics: ['events'], bots: 'include' },
  cases: texts.flatMap((text) => [
    only(text, 'type', text),
    only(text, `properties.${text}`, 1),
    only(text, `properties.in.${text}`, 'v'),
  ]),
};
