/** What was chosen lately in a project, by the ids of its entries, newest first; kept by this browser alone. */

const countMax = 6;
const place = (project: string) => `millrace.recent.${project}`;

export function recentOf(project: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place(project)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string').slice(0, countMax) : [];
  } catch {
    return [];
  }
}

export function remember(project: string, id: string): void {
  const next = [id, ...recentOf(project).filter((each) => each !== id)].slice(0, countMax);
  try {
    localStorage.setItem(place(project), JSON.stringify(next));
  } catch {}
}
