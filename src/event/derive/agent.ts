/**
 * What a User-Agent says: kind of device, operating system, browser (names without versions, so that a breakdown has
 * few groups) and whether it looks like a robot. Reading one takes tens of microseconds and few are different, so the
 * last ones are remembered.
 */
import bowser from 'bowser';
import { isbot } from 'isbot';
import type { Source } from '../event.ts';
import { Lru } from './lru.ts';

export interface Agent {
  /** 'desktop', 'mobile', 'tablet', 'tv', or '' when it does not say. */
  readonly device: string;
  readonly os: string;
  readonly browser: string;
  /** The verdict for a page's visitor. */
  readonly webBot: boolean;
  /** The verdict for a mobile app, whose own HTTP client is no robot although the lists say so. */
  readonly mobileBot: boolean;
}

/** About 4 MB when full. */
const agentsMax = 10_000;

const unknownAgent: Agent = { device: '', os: '', browser: '', webBot: false, mobileBot: false };
const devices = new Set(['desktop', 'mobile', 'tablet', 'tv']);
/** Robots that name themselves; everything else without `Mozilla/` is an app's own client ("okhttp/4.9", "Shop/2.1"). */
const namedRobot = /bot|crawl|spider|slurp|monitor|headless/i;

export class AgentReader {
  readonly #known = new Lru<string, Agent>(agentsMax);

  read(userAgent: string | undefined): Agent {
    if (!userAgent) return unknownAgent;
    let agent = this.#known.get(userAgent);
    if (agent === undefined) {
      agent = readAgent(userAgent);
      this.#known.set(userAgent, agent);
    }
    return agent;
  }
}

/** `server` has no verdict: every server's client looks like a robot to the lists. */
export function isBot(agent: Agent, source: Source): boolean {
  if (source === 'web') return agent.webBot;
  return source === 'mobile' && agent.mobileBot;
}

function readAgent(userAgent: string): Agent {
  const webBot = isbot(userAgent);
  const mobileBot = webBot && (userAgent.startsWith('Mozilla/') || namedRobot.test(userAgent));
  const { device, os, browser } = parseAgent(userAgent);
  return { device, os, browser, webBot, mobileBot };
}

function parseAgent(userAgent: string): Pick<Agent, 'device' | 'os' | 'browser'> {
  try {
    const parsed = bowser.parse(userAgent);
    const device = parsed.platform.type ?? '';
    return {
      device: devices.has(device) ? device : '',
      os: parsed.os.name ?? '',
      browser: parsed.browser.name ?? '',
    };
  } catch {
    return unknownAgent;
  }
}
