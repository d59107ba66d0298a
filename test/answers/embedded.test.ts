/** The hand-written answers on the store that Millrace starts with. */

import { openStore } from '../store/clickhouse/store-helpers.ts';
import { Closing } from '../store/embedded/engine-helpers.ts';
import { answersSuite } from './run.ts';

answersSuite('the ClickHouse store on the embedded engine', async () => {
  const closing = new Closing();
  const { store } = await openStore(closing);
  return { store, close: () => closing.close() };
});
