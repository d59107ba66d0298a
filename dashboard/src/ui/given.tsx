/**
 * Text that somebody sent: names, values, ids. It is text and never markup, its direction turns nothing round it, and where there is
 * nothing to see (blanks, invisible signs) it stands in quotes with its signs written out.
 */
import { classes } from './classes.ts';

/** The most letters that stand in a title; longer ones are read where they are unfolded. */
const titleLengthMax = 500;
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const written = (text: string): string =>
  `“${text.replace(invisible, (sign) => `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`)}”`;

export const isBlank = (text: string): boolean => text.replace(invisible, '').trim() === '';

interface GivenProps {
  readonly text: string;
  readonly className?: string;
  /** All of it, over several lines; absent: one line, cut, with the whole in the title. */
  readonly isWhole?: boolean;
}

export function Given({ text, className, isWhole = false }: GivenProps) {
  const shown = isBlank(text) ? written(text) : text;
  return (
    <bdi
      className={classes(isWhole ? 'break-words [overflow-wrap:anywhere]' : 'block truncate', className)}
      {...(!isWhole && { title: shown.slice(0, titleLengthMax) })}
    >
      {shown}
    </bdi>
  );
}
