/** One Millrace for each instance of the platform; it opens its connections with the first request. */
import { createMillrace, type Millrace } from 'millrace/serverless';

let made: Millrace | undefined;

export const millrace = (): Millrace => {
  made ??= createMillrace();
  return made;
};
