/** A button for what cannot be taken back: it asks first, in words that say what will happen. */
import { type ReactNode, useState } from 'react';
import { Button, type ButtonProps } from './button.tsx';
import { Modal } from './dialog.tsx';

interface ConfirmButtonProps extends Pick<ButtonProps, 'look' | 'small' | 'disabled'> {
  /** The question. */
  readonly title: string;
  /** What will happen. */
  readonly words: string;
  /** On the button that does it; the same as on this one when absent. */
  readonly does?: string;
  readonly onConfirm: () => void;
  readonly children: ReactNode;
}

export function ConfirmButton({ title, words, does, onConfirm, children, ...button }: ConfirmButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button {...button} onClick={() => setOpen(true)}>
        {children}
      </Button>
      <Modal
        title={title}
        open={isOpen}
        onClose={close}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              look={button.look === 'danger' ? 'danger' : 'primary'}
              onClick={() => {
                close();
                onConfirm();
              }}
            >
              {does ?? children}
            </Button>
          </>
        }
      >
        <p className="break-words text-soft">{words}</p>
      </Modal>
    </>
  );
}
