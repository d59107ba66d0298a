/** The status page's script: shows what /health/ready says, fills this server's own address into the examples, copies them. */

const pollIntervalMs = 5_000;
const timeoutMs = 4_000;

const words = {
  ready: 'Ready',
  starting: 'Starting',
  degraded: 'Limited',
  down: 'Down',
  checking: 'Checking',
};

const overallWords = { ready: 'All running', degraded: 'Partly running', down: 'Not running' };

function show(element, state) {
  element.dataset.state = state;
  element.querySelector('.state').textContent = words[state];
}

function stateOf(report, part) {
  if (part === 'collecting' || part === 'answering') return report[part] ? 'ready' : 'down';
  return report.parts[part].status;
}

function showReport(report) {
  const overall = document.getElementById('overall');
  overall.dataset.state = report.status;
  overall.querySelector('span').textContent = overallWords[report.status];
  for (const element of document.querySelectorAll('[data-part]')) {
    show(element, stateOf(report, element.dataset.part));
  }
  const reasons = Object.values(report.parts).flatMap((part) => part.reason ?? []);
  const why = document.getElementById('why');
  why.hidden = reasons.length === 0;
  why.textContent = reasons.map((reason) => `${reason[0].toUpperCase()}${reason.slice(1)}.`).join(' ');
  document.getElementById('checked').textContent = `As of ${new Date().toLocaleTimeString()}`;
}

function showUnreachable() {
  const overall = document.getElementById('overall');
  overall.dataset.state = 'down';
  overall.querySelector('span').textContent = 'Not reachable';
  for (const element of document.querySelectorAll('[data-part]')) show(element, 'checking');
  document.getElementById('checked').textContent = 'The server does not answer';
}

async function poll() {
  try {
    const response = await fetch('/health/ready', {
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
    showReport(await response.json());
  } catch {
    showUnreachable();
  }
  setTimeout(poll, pollIntervalMs);
}

for (const place of document.querySelectorAll('[data-origin]')) place.textContent = location.origin;

for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = 'Copied';
    } catch {
      // no clipboard on plain http from another machine: select it, so that the keyboard can
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
      button.textContent = 'Selected';
    }
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1_600);
  });
}

poll();
