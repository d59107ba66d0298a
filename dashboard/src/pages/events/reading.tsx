/** Whether somebody reads: the pointer or the focus is in it, or the page is scrolled. Then nothing should move under them. */
import { type FocusEvent, type ReactNode, useEffect, useState } from 'react';

interface ReadingProps {
  readonly onChange: (isReading: boolean) => void;
  readonly className: string;
  readonly children: ReactNode;
}

/** Further down the first rows are out of sight. */
const scrolledPixels = 240;

export function useScrolled(): boolean {
  const [isScrolled, setScrolled] = useState(false);
  useEffect(() => {
    const look = () => setScrolled(scrollY > scrolledPixels);
    look();
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  return isScrolled;
}

export function Reading({ onChange, className, children }: ReadingProps) {
  const left = ({ currentTarget, relatedTarget }: FocusEvent<HTMLDivElement>) => {
    if (!currentTarget.contains(relatedTarget)) onChange(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done here, it is only looked at
    <div
      className={className}
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && onChange(true)}
      onPointerLeave={({ pointerType }) => pointerType === 'mouse' && onChange(false)}
      // a click leaves the focus behind where nobody looks for it
      onFocus={({ target }) => target.matches(':focus-visible') && onChange(true)}
      onBlur={left}
    >
      {children}
    </div>
  );
}
