/** E-mails name people; nothing is sent to them. */
import { failure } from '../errors.ts';

const lengthMax = 254;

/** One form for one e-mail, whatever was typed. */
export const canonicalEmail = (email: string): string =>
  // what is longer is nobody's, and not worth holding
  email.length > 2 * lengthMax ? '' : email.normalize('NFKC').trim().toLowerCase();

/** Its canonical form. Errors: request_invalid. */
export function checkedEmail(given: string): string {
  const email = canonicalEmail(given);
  // no signs that print as nothing or turn the direction of writing, so that two that look alike are alike
  if (email.length <= lengthMax && /^[^\s@\p{C}]{1,64}@[^\s@\p{C}]+$/u.test(email)) return email;
  throw failure('request_invalid', {
    detail: `the e-mail must look like ada@example.com and have at most ${lengthMax} characters`,
  });
}
