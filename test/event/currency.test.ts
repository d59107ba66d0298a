/** The list of currencies. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCurrency } from '../../src/event/currency.ts';

describe('a currency', () => {
  it('is any that the runtime knows, in capitals', () => {
    for (const code of Intl.supportedValuesOf('currency')) {
      assert.equal(parseCurrency(code), code);
      assert.equal(parseCurrency(code.toLowerCase()), code);
    }
  });

  it('is refused when it is none', () => {
    for (const text of ['', 'EU', 'EURO', 'BTC', 'ZZZ', 'eur ', 'ｅｕｒ', '__proto__']) {
      assert.equal(parseCurrency(text), undefined, text);
    }
  });
});
