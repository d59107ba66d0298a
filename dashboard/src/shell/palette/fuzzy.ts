/**
 * How well typed words fit a name. Each word must be in it: as the beginning of one of its words, anywhere, or letter by letter with gaps
 * (`fnl` finds “Checkout funnel”), which counts least. Case and accents do not count.
 */

const startScore = 100;
const withinScore = 60;
const lettersScore = 30;
/** For each letter that was typed, so many may lie between. */
const gapsPerLetter = 2;

export const plain = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** Undefined: not at all. More is better; `wanted` and `text` as `plain` gives them. `isWhole`: without gaps. */
export function fit(wanted: string, text: string, isWhole = false): number | undefined {
  let score = 0;
  for (const word of wanted.split(/\s+/)) {
    const found = fitWord(word, text) ?? (isWhole ? undefined : fitLetters(word, text));
    if (found === undefined) return undefined;
    score += found;
  }
  // of two that fit alike, the shorter is more likely meant
  return score - Math.min(text.length, 100) / 10;
}

function fitWord(word: string, text: string): number | undefined {
  if (word === '') return 0;
  let at = text.indexOf(word);
  if (at < 0) return undefined;
  for (const first = at; at >= 0; at = text.indexOf(word, at + 1))
    if (isStart(text, at)) return startScore - Math.min(first, 20) / 2;
  return withinScore;
}

const isStart = (text: string, at: number) => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!);

/** From the beginning of one of its words. */
function fitLetters(word: string, text: string): number | undefined {
  let best: number | undefined;
  for (let start = text.indexOf(word[0]!); start >= 0; start = text.indexOf(word[0]!, start + 1)) {
    const gaps = isStart(text, start) ? gapsFrom(word, text, start) : undefined;
    if (gaps !== undefined && gaps <= gapsPerLetter * word.length)
      best = Math.max(best ?? 0, lettersScore - gaps);
  }
  return best;
}

function gapsFrom(word: string, text: string, start: number): number | undefined {
  let gaps = 0;
  let at = start;
  for (const letter of word.slice(1)) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    gaps += next - at - 1;
    at = next;
  }
  return gaps;
}
