/** What is generated is fresh, what is linked is there, and the commands that the README names exist. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { generatedPages } from '../../scripts/docs/pages.ts';
import { settingsGroups } from '../../src/config.ts';
import { catalogue } from '../../src/errors.ts';
import { root } from './import-table.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const documents = ['*.md', 'docs/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: root }));

describe('documents', () => {
  for (const page of generatedPages()) {
    it(`${page.path} is as the declarations say (npm run docs)`, () => {
      assert.equal(read(page.path), page.contents);
    });
  }

  it('link only to what is there', () => {
    const broken = documents.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map((match) => match[1]!)
        .filter((link) => !existsSync(join(root, dirname(document), link)))
        .map((link) => `${document} → ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  it('name only settings that exist', () => {
    const names = new Set(
      settingsGroups.flatMap((group) => Object.values(group.settings).map((each) => each.name)),
    );
    const wrong = documents
      .filter((document) => !document.startsWith(join('docs', 'decisions')) && document !== 'CHANGELOG.md')
      .flatMap((document) =>
        (read(document).match(/\bMILLRACE_[A-Z0-9_]+\b/g) ?? []).map((name) => [document, name] as const),
      )
      .filter(
        ([, name]) =>
          !names.has(name) && ![...names].some((each) => name.endsWith('_') && each.startsWith(name)),
      );
    assert.deepEqual(wrong, []);
  });

  it('list every reason for which an event is refused', () => {
    const reasons = [...read('src/event/refusal.ts').matchAll(/readonly reason: '(\w+)'/g)].map(
      (match) => match[1]!,
    );
    assert.ok(reasons.length > 20);
    const page = read('docs/http.md');
    assert.deepEqual(
      reasons.filter((reason) => !page.includes(`\`${reason}\``)),
      [],
    );
  });

  it('name only scripts of package.json that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((document) =>
      [...read(document).matchAll(/\bnpm run ([a-z:]+)/g)].map((match) => match[1]!),
    );
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
  });
});

describe('the catalogue of errors', () => {
  it('has messages that begin small and end without a full stop or an exclamation', () => {
    for (const [code, { message }] of Object.entries(catalogue)) {
      const text = (message as (params: unknown) => string)(new Proxy({}, { get: () => 'x' }));
      assert.doesNotMatch(text, /[.!]$/, code);
      assert.match(text, /^[a-z/]/, code);
    }
  });

  it('answers with a status that fits: trying again helps after 429 and 503, not after other 4xx', () => {
    for (const [code, { status, retryable }] of Object.entries(catalogue)) {
      assert.ok(status >= 400 && status < 600, code);
      if (status < 500 && ![408, 429, 499].includes(status)) assert.equal(retryable, false, code);
    }
  });
});
