/** Cutting text that a visitor's address bar chose, without leaving half a character at the end. */

/** The first `charactersMax` UTF-16 code units, one fewer where that would cut a surrogate pair in two. */
export function cutText(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const last = text.charCodeAt(charactersMax - 1);
  const cutsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, cutsPair ? charactersMax - 1 : charactersMax);
}
