/**
 * The order of text in every answer: by the bytes of its UTF-8 form, which is also the order of code points. JavaScript's
 * own `<` compares UTF-16 units and puts '😀' before '～'; stores compare bytes.
 */

/** Negative, 0 or positive, as a sort function wants it. Both strings must be well formed. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** UTF-16 units in code point order: surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
