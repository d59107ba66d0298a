/** The kinds that this page keeps, as its address names them; boards and experiments have pages of their own. */

export const tabs = [
  {
    id: 'questions',
    kind: 'question',
    label: 'Questions',
    one: 'question',
    hint: 'Ask one in Explore and save it: it can be opened again, and put on a board.',
  },
  {
    id: 'segments',
    kind: 'segment',
    label: 'Segments',
    one: 'segment',
    hint: 'A filter with a name, to look at a part of the events again and again: customers of one country, visitors from ads.',
  },
  {
    id: 'cohorts',
    kind: 'cohort',
    label: 'Cohorts',
    one: 'cohort',
    hint: 'People who did something, in some days: who signed up this month, who bought twice.',
  },
  {
    id: 'goals',
    kind: 'goal',
    label: 'Goals',
    one: 'goal',
    hint: 'What counts as success: an order, a sign-up. The overview then shows how often, and by how many.',
  },
  {
    id: 'annotations',
    kind: 'annotation',
    label: 'Annotations',
    one: 'annotation',
    hint: 'What happened when: a release, a campaign. Trends show it.',
  },
] as const;

export type Tab = (typeof tabs)[number];
export type TabKind = Tab['kind'];

export const tabOf = (name: unknown): Tab => tabs.find(({ id }) => id === name) ?? tabs[0];
