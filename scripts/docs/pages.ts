/** All generated pages with their contents. A new one is one line here. */
import { settingsGroups } from '../../src/config.ts';
import { catalogue } from '../../src/errors.ts';
import { planSchema } from '../../src/plan/schema.ts';
import { apiTypes } from './api-types.ts';
import { configPage } from './config-page.ts';
import { envExample } from './env-example.ts';
import { errorsPage } from './errors-page.ts';
import { openApiPage } from './openapi-page.ts';

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly contents: string;
}

export function generatedPages(): readonly Page[] {
  return [
    { path: 'docs/config.md', contents: configPage(settingsGroups) },
    { path: '.env.example', contents: envExample(settingsGroups) },
    { path: 'docs/errors.md', contents: errorsPage(catalogue) },
    { path: 'docs/openapi.json', contents: openApiPage() },
    { path: 'tracker/api/schema.ts', contents: apiTypes() },
    { path: 'docs/plan.schema.json', contents: `${JSON.stringify(planSchema, undefined, 2)}\n` },
  ];
}
