/**
 * What is public of `millrace/testing`, name by name: the suites that hold an implementation to its contract. They run under
 * `node:test`; the store's generated questions need the package fast-check beside this one.
 */
export { type AgreementOptions, checkAgainstEvaluator } from './agreement.ts';
export { checkAnalyses } from './analyses-agreement.ts';
export { cacheSuite, type OpenedCache } from './cache-suite.ts';
export { type CatalogUnderTest, catalogSuite, type OpenCatalog } from './catalog-suite.ts';
export { type LogBounds, type LogUnderTest, logSuite, type MakeLog } from './log-suite.ts';
export { batchesOf, briefRow, eventRow, insertRows } from './rows.ts';
export { type OpenedStore, type StoreSuiteOptions, storeSuite } from './store-suite.ts';
export { TestClock } from './test-clock.ts';
