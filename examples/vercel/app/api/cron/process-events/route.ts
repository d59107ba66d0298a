/** Called by the schedule of vercel.json: brings what waits into the store. */
import { millrace } from '../../../../lib/millrace.ts';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';
/** Seconds; MILLRACE_PASS_MS is some less. */
export const maxDuration = 60;

export const GET = (request: Request): Promise<Response> => millrace().processEvents(request);
export const POST = (request: Request): Promise<Response> => millrace().processEvents(request);
