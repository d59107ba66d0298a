/** docs/openapi.json: the description that a server with all roles serves. */
import { apiDocument } from '../../src/http/openapi/document.ts';
import { apiRoutes } from './api-routes.ts';

export const openApiPage = (): string => `${JSON.stringify(apiDocument(apiRoutes()), undefined, 2)}\n`;
