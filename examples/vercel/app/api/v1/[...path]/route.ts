/** Questions, projects and keys, as the server has them: /api/v1/query, /api/v1/analytics/summary, … */
import { millrace } from '../../../../lib/millrace.ts';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

export const GET = (request: Request): Promise<Response> => millrace().handle(request);
export const POST = (request: Request): Promise<Response> => millrace().handle(request);
export const DELETE = (request: Request): Promise<Response> => millrace().handle(request);
