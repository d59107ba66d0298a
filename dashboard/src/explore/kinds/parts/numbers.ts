/** Choices of whole numbers, for menus; what a plan has stands among them. */
import type { Choice } from '../../../ui/menu.tsx';

export function numberChoices(usual: readonly number[], value: number): readonly Choice<string>[] {
  const all = usual.includes(value) ? usual : [...usual, value].sort((a, b) => a - b);
  return all.map((each) => ({ value: String(each), label: String(each) }));
}
