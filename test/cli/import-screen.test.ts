/** What a person sees of an import. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressText } from '../../src/cli/import-screen.ts';

const progress = { input: 'a.log', rows: 50_000, accepted: 49_000, rejected: 0, share: 0.25 };

describe('the progress of an import', () => {
  it('is a bar with rows, rate and time left', () => {
    assert.equal(
      progressText({ progress }, 10),
      'a.log  █████░░░░░░░░░░░░░░░ 25 %  50,000 rows  5,000/s  0:30 left',
    );
  });

  it('counts what is rejected, and knows no end without a size', () => {
    const stream = { ...progress, rejected: 3, share: undefined };
    assert.equal(progressText({ progress: stream }, 10), 'a.log  50,000 rows  5,000/s  3 rejected');
  });

  it('says hours when there are some', () => {
    assert.match(progressText({ progress: { ...progress, share: 0.001 } }, 10), / 2:46:30 left$/);
  });
});
