/** Gives the answer to a plan as a file, and says so when it cannot. */
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { downloadCsv } from '../api/csv.ts';
import type { PlanInput } from '../api/questions.ts';
import { Button } from './button.tsx';

interface CsvButtonProps {
  readonly project: string;
  readonly plan: PlanInput;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly look?: 'plain' | 'quiet';
  readonly small?: boolean;
}

export function CsvButton({ project, plan, name, look = 'plain', small = false }: CsvButtonProps) {
  const download = useMutation({ mutationFn: () => downloadCsv(project, plan, name) });
  return (
    <>
      <Button look={look} small={small} disabled={download.isPending} onClick={() => download.mutate()}>
        <Download aria-hidden className="size-4" />
        CSV
      </Button>
      {download.isError && (
        <span role="alert" className="max-w-64 truncate text-[13px] text-bad" title={download.error.message}>
          {download.error.message}
        </span>
      )}
    </>
  );
}
