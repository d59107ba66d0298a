/** The hand-written answers on PostgreSQL: with sketches of persons, and with lists of them in a database that orders text by a language. */

import { openStore, openStoreAt } from '../store/postgres/open-store.ts';
import { openDatabase } from '../support/postgres.ts';
import { answersSuite } from './run.ts';

answersSuite('the PostgreSQL store', openStore);

answersSuite('the PostgreSQL store without extensions, in a database of English order', async () => {
  const database = await openDatabase(`LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0`);
  const { store, close } = await openStoreAt(database.url, { extensions: false });
  return {
    store,
    close: async () => {
      await close();
      await database.close();
    },
  };
});
