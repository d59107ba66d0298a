/** Before the first paint, so that a dark page never flashes white. src/state/theme.ts keeps it from then on. */
(() => {
  let chosen = 'system';
  try {
    chosen = localStorage.getItem('millrace.theme') ?? 'system';
  } catch {}
  const isDark =
    chosen === 'dark' || (chosen === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
