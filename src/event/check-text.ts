/** The rules that every text of an event keeps: well-formed Unicode, no U+0000 (PostgreSQL cannot keep it), a length. */
import type { Refusal } from './refusal.ts';

/** `field` names the text in a refusal. Undefined: nothing is wrong with it. */
export function checkText(field: string, value: string, charactersMax: number): Refusal | undefined {
  return checkLength(field, value, charactersMax) ?? checkCharacters(field, value);
}

export function checkLength(field: string, value: string, charactersMax: number): Refusal | undefined {
  return isLonger(value, charactersMax) ? { reason: 'too_long', field, charactersMax, value } : undefined;
}

/** JSON without a backslash, in UTF-8, has no text that breaks this rule. */
export function checkCharacters(field: string, value: string): Refusal | undefined {
  if (!value.isWellFormed()) return { reason: 'not_unicode', field };
  if (value.includes('\0')) return { reason: 'nul_character', field };
  return undefined;
}

/** Whether it has more code points than that; counts only when the number of code units leaves it open. */
export function isLonger(value: string, charactersMax: number): boolean {
  if (value.length <= charactersMax) return false;
  if (value.length > 2 * charactersMax) return true;
  let characters = 0;
  for (const _ of value) characters += 1;
  return characters > charactersMax;
}
