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
    <div className="relative">
      <section
        aria-label="Code"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        className="overflow-x-auto rounded-lg bg-sunken p-3 pr-24"
      >
        <pre className="font-mono text-[13px] leading-relaxed">{text}</pre>
      </section>
      <div className="absolute top-2 right-2">
        <CopyButton text={text} />
      </div>
    </div>
  );
}
