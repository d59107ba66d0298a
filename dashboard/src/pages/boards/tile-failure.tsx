/** A tile that cannot show its answer says so alone, and what would help. */
import type { ReactNode } from 'react';
import { ApiError } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';

const words: Readonly<Record<string, string>> = {
  not_found: 'Its question was deleted.',
  plan_invalid: 'Its question cannot be asked as it was saved.',
  conflict: 'Its question cannot be asked as it was saved, or not over this range.',
  over_time: 'It takes longer than a question may.',
  over_memory: 'It needs more memory than a question may.',
  over_rows: 'It reads more rows than a question may.',
  questions_too_many: 'Too many questions are asked at once.',
  questions_overloaded: 'Too many questions are asked at once.',
  rate_limited: 'Too many questions were asked in the last minute.',
  store_unavailable: 'The store cannot be asked now. It is tried again by itself.',
  unreachable: 'The server cannot be reached. It is tried again by itself.',
  forbidden: 'This is not shown here.',
};

const help: Readonly<Record<string, string>> = {
  over_time: 'Ask for a shorter range.',
  over_memory: 'Ask for a shorter range.',
  over_rows: 'Ask for a shorter range.',
};

/** Codes whose own words name filters or ids that mean nothing here. */
const withoutDetail: ReadonlySet<string> = new Set([
  'not_found',
  'unreachable',
  'store_unavailable',
  'conflict',
]);

export function TileFailure({
  error,
  retry,
  children,
}: {
  error: Error;
  retry?: () => void;
  children?: ReactNode;
}) {
  const code = error instanceof ApiError ? error.code : 'unknown';
  const detail = withoutDetail.has(code) ? undefined : error.message;
  return (
    <div
      role="alert"
      className="flex h-full flex-col items-center justify-center gap-1.5 overflow-auto p-3 text-center"
    >
      <p className="font-medium text-soft">{words[code] ?? 'This could not be loaded.'}</p>
      {detail !== undefined && (
        <p className="line-clamp-3 max-w-md text-[13px] break-words text-faint">{detail}</p>
      )}
      {help[code] !== undefined && <p className="text-[13px] text-faint">{help[code]}</p>}
      <div className="flex flex-wrap justify-center gap-2">
        {retry !== undefined && code !== 'not_found' && (
          <Button small onClick={retry}>
            Try again
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}
