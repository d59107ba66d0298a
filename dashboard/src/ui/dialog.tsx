/** A window over the page: focus stays within, Escape and a click beside it close it. */
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

interface ModalProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Beside the title: a search, buttons. */
  readonly tools?: ReactNode;
  /** Under the content, always to be seen: what one does with it. */
  readonly footer?: ReactNode;
  readonly size?: 'small' | 'large';
}

const widths = { small: 'max-w-lg', large: 'max-w-3xl' } as const;

export function Modal({ title, open, onClose, children, tools, footer, size = 'small' }: ModalProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={toFirstField}
          className={classes(
            'fixed inset-x-2 top-[5vh] z-50 mx-auto flex max-h-[90vh] flex-col rounded-xl border border-line bg-card shadow-xl shadow-black/20',
            widths[size],
          )}
        >
          <div className="flex items-center gap-2 border-b border-line p-3">
            <Dialog.Title className="min-w-0 flex-1 truncate pl-1 font-semibold" title={title}>
              {title}
            </Dialog.Title>
            {tools}
            <Dialog.Close
              aria-label="Close"
              className="rounded-md p-2 text-faint hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Dialog.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {footer !== undefined && (
            <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line p-3">
              {footer}
            </div>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Where there is something to fill in, one can begin at once; else it is as Radix has it. */
function toFirstField(opened: Event): void {
  const content = opened.target as HTMLElement;
  const field = content.querySelector<HTMLElement>('input:enabled, select:enabled, textarea:enabled');
  if (field === null) return;
  opened.preventDefault();
  field.focus();
}
