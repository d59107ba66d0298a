/** Text to take along, with a button that copies it. */
import { Check, Copy as CopyIcon } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';

const shownMs = 2_000;

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), shownMs);
  };
  const Icon = isDone ? Check : CopyIcon;
  return (
    <Button small onClick={copy} aria-live="polite">
      <Icon aria-hidden className="size-4" />
      {isDone ? 'Copied' : label}
    </Button>
  );
}

export function CodeBlock({ text }: { text: string }) {
  return (
    <div className="flex items-start gap-2 rounded-lg bg-sunken p-2">
      <section
        aria-label="Code"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        className="min-w-0 flex-1 overflow-x-auto p-1.5"
      >
        <pre className="font-mono text-[13px] leading-relaxed">{text}</pre>
      </section>
      <CopyButton text={text} />
    </div>
  );
}
