/** How much waits; with the secret of the cron. */
import { millrace } from '../../../../lib/millrace.ts';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

export const GET = (request: Request): Promise<Response> => millrace().queueStatus(request);
