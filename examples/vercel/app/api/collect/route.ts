/** Events come in here. */
import { millrace } from '../../../lib/millrace.ts';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

export const POST = (request: Request): Promise<Response> => millrace().collect(request);
export const OPTIONS = (request: Request): Promise<Response> => millrace().collect(request);
