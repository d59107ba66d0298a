/** The question as JSON, which can be changed, and as a command. */
import { useState } from 'react';
import type { PlanInput } from '../../api/questions.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock, CopyButton } from '../../ui/copy.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { curlOf } from './curl.ts';

interface PlanWindowProps {
  readonly plan: PlanInput;
  readonly onApply: (next: PlanInput) => void;
  readonly onClose: () => void;
}

export function JsonWindow({ plan, onApply, onClose }: PlanWindowProps) {
  const [text, setText] = useState(() => JSON.stringify(plan, null, 2));
  const [wrong, setWrong] = useState<string>();
  const apply = () => {
    try {
      const next = JSON.parse(text) as PlanInput;
      if (typeof next !== 'object' || next === null || typeof next.kind !== 'string') {
        setWrong('A question is an object with a kind, such as {"kind": "trend"}.');
        return;
      }
      onApply(next);
      onClose();
    } catch (error) {
      setWrong(`This is not JSON: ${(error as Error).message}`);
    }
  };
  return (
    <Modal
      title="The question as JSON"
      open
      onClose={onClose}
      size="large"
      footer={
        <>
          <CopyButton text={text} />
          <Button look="primary" onClick={apply}>
            Ask this
          </Button>
        </>
      }
    >
      <textarea
        aria-label="Plan as JSON"
        spellCheck={false}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setWrong(undefined);
        }}
        className="h-[50vh] w-full resize-y rounded-md border border-line bg-sunken p-3 font-mono text-[13px] leading-relaxed"
      />
      {wrong !== undefined && (
        <p role="alert" className="text-bad">
          {wrong}
        </p>
      )}
    </Modal>
  );
}

export function CurlWindow({ plan, onClose }: Omit<PlanWindowProps, 'onApply'>) {
  return (
    <Modal title="The question for a shell" open onClose={onClose} size="large">
      <CodeBlock text={curlOf(plan, location.origin)} />
      <p className="mt-2 text-soft">
        Set <code className="font-mono text-[13px]">MILLRACE_READ_KEY</code> to a read key of this project; an
        administrator makes one under Settings.
      </p>
    </Modal>
  );
}
