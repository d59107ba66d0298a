/** What the routes of sign-in and of people say of themselves. */
import {
  flag,
  json,
  list,
  named,
  object,
  oneOf,
  orNull,
  type RouteDescription,
  ref,
  type Schema,
  text,
  time,
} from './describe.ts';

type Members = Readonly<Record<string, Schema>>;

const role = oneOf('viewer', 'editor', 'admin');
const cookie = { 'Set-Cookie': 'The token of the session: HttpOnly, SameSite=Lax, Secure behind TLS.' };
const emailText: Schema = { type: 'string', minLength: 3, maxLength: 254 };
const passwordText: Schema = { type: 'string', minLength: 12, maxLength: 1_000 };

export const peopleSchemas: Members = {
  Session: object({
    person: object({ id: text, email: orNull(text), name: orNull(text), hasPassword: flag }),
    projects: list(object({ id: text, name: text, role })),
    keepsHouse: named(flag, 'Admin of the project `default`, and so of everything.'),
    session: object({ id: text, startedBy: oneOf('link', 'password'), startedAt: time, endsAt: time }),
  }),
  Person: object({
    id: text,
    email: orNull(text),
    name: orNull(text),
    hasPassword: flag,
    createdAt: time,
    roles: list(object({ project: text, role })),
  }),
  SignInLink: object({
    path: named(
      text,
      'Behind the address of the server. Said this once; good for one sign-in within the hour.',
    ),
    expiresAt: time,
  }),
};

const ofSession = (
  description: Omit<RouteDescription, 'group' | 'answers'>,
  status: number,
  doc: string,
  schema: Schema,
): RouteDescription => ({
  group: 'People and sign-in',
  ...description,
  answers: {
    [status]: { doc, content: json(object({ data: schema })), ...(status !== 200 && { headers: cookie }) },
  },
});

const closed = (properties: Members, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

export const sessionDescriptions = {
  session: ofSession(
    { id: 'session', summary: 'Who is signed in, and what they may do where' },
    200,
    'The session of the cookie.',
    ref('Session'),
  ),
  signIn: ofSession(
    {
      id: 'signIn',
      summary: 'Signs in, by a link or by e-mail and password',
      doc: 'After ten failures for an e-mail, and thirty from an address, there are pauses that grow to a quarter of an hour. No answer says whether an e-mail is known.',
      body: {
        required: true,
        content: json({
          oneOf: [
            closed({ link: named(text, 'The token of a link.') }, ['link']),
            closed({ email: text, password: { type: 'string', maxLength: 1_000 } }, ['email', 'password']),
          ],
        }),
      },
      problems: [401, 403, 429],
    },
    201,
    'Signed in; the cookie holds the session.',
    ref('Session'),
  ),
  signOut: ofSession(
    { id: 'signOut', summary: 'Ends the session', problems: [403] },
    200,
    'Signed out.',
    object({ status: { const: 'signed_out' } }),
  ),
  setPassword: ofSession(
    {
      id: 'setPassword',
      summary: 'Sets the password and ends the other sessions',
      doc: '`current` is not needed within an hour of signing in by a link; `email` is for who has none yet.',
      body: {
        required: true,
        content: json(closed({ current: text, password: passwordText, email: emailText }, ['password'])),
      },
      problems: [409],
    },
    200,
    'The password is set.',
    ref('Session'),
  ),
} as const;

const personId = { doc: 'Of the person.', schema: text };

export const peopleDescriptions = {
  people: ofSession(
    { id: 'people', summary: 'Lists people who have a part in the projects of the asker' },
    200,
    'The people, with their roles in these projects.',
    list(ref('Person')),
  ),
  addPerson: ofSession(
    {
      id: 'addPerson',
      summary: 'Makes a person, or gives one who is there a role',
      body: {
        required: true,
        content: json(
          closed(
            { email: emailText, name: { type: 'string', minLength: 1, maxLength: 100 }, project: text, role },
            ['email', 'role'],
          ),
        ),
      },
      problems: [404, 409],
    },
    201,
    'The person; with a link to sign in by for somebody new.',
    object({ person: ref('Person'), link: { anyOf: [ref('SignInLink'), { type: 'null' }] } }),
  ),
  removePerson: ofSession(
    {
      id: 'removePerson',
      summary: 'Ends a person: sessions and links at once',
      parameters: { id: personId },
      problems: [404, 409],
    },
    200,
    'They are gone.',
    object({ id: text, status: { const: 'removed' } }),
  ),
  linkPerson: ofSession(
    {
      id: 'linkPerson',
      summary: 'Makes a link to sign in by',
      doc: 'Also for a forgotten password. For admins of every project that the person has a part in.',
      parameters: { id: personId },
      problems: [404],
    },
    201,
    'The link.',
    ref('SignInLink'),
  ),
  setRole: ofSession(
    {
      id: 'setRole',
      summary: 'Gives a person a role in a project',
      parameters: { id: personId, project: { doc: 'The project.', schema: text } },
      body: { required: true, content: json(closed({ role }, ['role'])) },
      problems: [404, 409],
    },
    200,
    'The person as they are now.',
    ref('Person'),
  ),
  takeRole: ofSession(
    {
      id: 'takeRole',
      summary: 'Takes a person out of a project',
      parameters: { id: personId, project: { doc: 'The project.', schema: text } },
      problems: [404, 409],
    },
    200,
    'The person as they are now.',
    ref('Person'),
  ),
  endSessions: ofSession(
    {
      id: 'endSessions',
      summary: 'Ends all sessions of a person',
      parameters: { id: personId },
      problems: [404],
    },
    200,
    'They have ended.',
    object({ ended: { type: 'integer', minimum: 0 } }),
  ),
} as const;
