/**
 * What runs in the page that is measured: it looks at every frame whether something is there, and keeps when it first was, in
 * milliseconds since the page began to load or since the last click. A thing counts from the second frame that has it on, when it has been
 * painted.
 */

/** Milliseconds by name. */
export type Marks = Readonly<Record<string, number>>;

/**
 * `numbers`: the cards over the trend; `trend`: its curve; `all`: every table of the overview; `chart`: the answer of Explore. After a click
 * they count when they differ from what was there before it.
 */
export const frameWatch = `(() => {
  const watch = { marks: {}, since: 0, before: '' };
  window.frameWatch = watch;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const numbers = () => all('button[aria-pressed] .tabular').map((each) => each.textContent).join(' ');
  const isStill = (selector) => document.querySelector(selector) === null;
  const answer = 'section[aria-label="The answer"]';
  const range = () => document.querySelector(answer + ' h2 + p')?.textContent ?? '';
  const holds = {
    numbers: () => numbers() !== '' && numbers() !== watch.before && isStill('main .opacity-60 button[aria-pressed] .tabular'),
    trend: () => holds.numbers() && !isStill('[role=img] canvas') && isStill('.opacity-60 [role=img]'),
    all: () => holds.trend() && isStill('.animate-pulse') && isStill('main .opacity-60'),
    chart: () =>
      range() !== '' && range() !== watch.before && isStill(answer + ' .animate-pulse') && isStill(answer + ' .opacity-60'),
  };
  const frames = {};
  const look = () => {
    for (const name of Object.keys(holds)) {
      if (watch.marks[name] !== undefined) continue;
      frames[name] = holds[name]() ? (frames[name] ?? 0) + 1 : 0;
      if (frames[name] === 2) watch.marks[name] = performance.now() - watch.since;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  watch.begin = (at) => {
    watch.since = at;
    watch.before = range() || numbers();
    watch.marks = {};
    for (const name of Object.keys(frames)) frames[name] = 0;
  };
  watch.move = (to) => {
    watch.begin(performance.now());
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  };
  addEventListener('click', (event) => watch.begin(event.timeStamp), { capture: true });
})();`;
