import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { answerForm, sheetForm } from '../../src/http/accept.ts';

describe('Accept', () => {
  it('chooses the form with the most weight, the most specific range deciding for each', () => {
    const cases: readonly [string | undefined, string][] = [
      [undefined, 'json'],
      ['', 'json'],
      ['*/*', 'json'],
      ['*', 'json'],
      ['application/json', 'json'],
      ['text/csv', 'csv'],
      ['text/*', 'csv'],
      ['Text/CSV; charset=utf-8', 'csv'],
      ['application/x-ndjson', 'ndjson'],
      ['application/vnd.apache.parquet', 'parquet'],
      ['application/vnd.apache.arrow.stream', 'arrow'],
      ['text/csv;q=0.5, application/json', 'json'],
      ['text/csv, application/json;q=0.5', 'csv'],
      ['application/json;q=0.2, */*;q=0.1, text/csv;q=0.3', 'csv'],
      // named and refused is not had by a wildcard
      ['application/json;q=0, */*', 'ndjson'],
      ['application/json;q=0, application/*;q=0.1, text/csv;q=0.05', 'ndjson'],
      // of equal weight the first in the header
      ['text/csv, application/json', 'csv'],
      ['application/json, text/csv', 'json'],
      ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', 'json'],
      ['text/csv;q=maybe', 'csv'],
      [`${'x/y,'.repeat(100)}text/csv`, 'refused'],
      ['text/html', 'refused'],
      ['application/json;q=0', 'refused'],
      ['nonsense', 'refused'],
    ];
    for (const [accept, form] of cases) {
      let found: string;
      try {
        found = answerForm(accept);
      } catch (error) {
        assert.ok(isFailure(error, 'not_acceptable'));
        assert.match(error.message, /there is application\/json, application\/x-ndjson, text\/csv/);
        found = 'refused';
      }
      assert.equal(found, form, accept);
    }
  });

  it('knows files alone where there is no JSON', () => {
    assert.equal(sheetForm('*/*'), 'ndjson');
    assert.equal(sheetForm('application/json;q=0.9, text/csv;q=0.1'), 'csv');
    assert.throws(
      () => sheetForm('application/json'),
      (error) => isFailure(error, 'not_acceptable'),
    );
  });
});
