/**
 * Which sites are search engines, social networks, mail readers and AI assistants: data for channel.ts. A domain covers
 * its subdomains, the longest match wins (mail.google.com is mail). An Android app is named as its referrer names it.
 */

export type SiteKind = 'search' | 'social' | 'email' | 'ai';

const domains: Readonly<Record<SiteKind, readonly string[]>> = {
  search: [
    'bing.com',
    'duckduckgo.com',
    'ecosia.org',
    'search.brave.com',
    'startpage.com',
    'qwant.com',
    'kagi.com',
    'baidu.com',
    'sogou.com',
    'so.com',
    'naver.com',
    'daum.net',
    'seznam.cz',
    'mojeek.com',
    'swisscows.com',
    'search.aol.com',
    'ask.com',
    'yep.com',
    'go.mail.ru',
    'ya.ru',
    'coccoc.com',
    'petalsearch.com',
    'search.marginalia.nu',
    'com.google.android.googlequicksearchbox',
  ],
  social: [
    'facebook.com',
    'fb.com',
    'fb.me',
    'messenger.com',
    'instagram.com',
    'threads.net',
    'threads.com',
    'twitter.com',
    't.co',
    'x.com',
    'linkedin.com',
    'lnkd.in',
    'reddit.com',
    'redd.it',
    'pinterest.com',
    'pin.it',
    'tiktok.com',
    'youtube.com',
    'youtu.be',
    'snapchat.com',
    'whatsapp.com',
    'wa.me',
    't.me',
    'telegram.org',
    'web.telegram.org',
    'discord.com',
    'vk.com',
    'vk.ru',
    'ok.ru',
    'weibo.com',
    'weibo.cn',
    'zhihu.com',
    'quora.com',
    'tumblr.com',
    'bsky.app',
    'mastodon.social',
    'mastodon.online',
    'news.ycombinator.com',
    'lobste.rs',
    'producthunt.com',
    'xing.com',
    'slack.com',
    'com.facebook.katana',
    'com.instagram.android',
    'com.twitter.android',
    'com.linkedin.android',
    'com.reddit.frontpage',
    'com.pinterest',
    'com.slack',
    'org.telegram.messenger',
    'com.zhiliaoapp.musically',
  ],
  email: [
    'mail.google.com',
    'gmail.com',
    'outlook.live.com',
    'outlook.office.com',
    'outlook.office365.com',
    'mail.yahoo.com',
    'mail.aol.com',
    'mail.proton.me',
    'mail.zoho.com',
    'mail.ru',
    'e.mail.ru',
    'mail.yandex.ru',
    'mail.yandex.com',
    'fastmail.com',
    'app.hey.com',
    'mail.163.com',
    'mail.qq.com',
    'icloud.com',
    'com.google.android.gm',
    'com.microsoft.office.outlook',
  ],
  ai: [
    'chatgpt.com',
    'chat.openai.com',
    'openai.com',
    'claude.ai',
    'perplexity.ai',
    'gemini.google.com',
    'bard.google.com',
    'copilot.microsoft.com',
    'copilot.com',
    'chat.deepseek.com',
    'deepseek.com',
    'chat.mistral.ai',
    'grok.com',
    'meta.ai',
    'you.com',
    'phind.com',
    'poe.com',
    'duck.ai',
    'kimi.com',
    'doubao.com',
    'chat.qwen.ai',
    'com.openai.chatgpt',
  ],
};

/** Search engines that answer under the domain of each country: google.co.uk, yandex.com.tr. */
const searchNames = ['google', 'yandex', 'yahoo'];

/** How campaigns name their source without a domain: `utm_source=facebook`. */
const sourceNames: Readonly<Record<SiteKind, readonly string[]>> = {
  search: ['google', 'bing', 'duckduckgo', 'yahoo', 'yandex', 'baidu', 'ecosia', 'naver'],
  social: [
    'facebook',
    'fb',
    'instagram',
    'ig',
    'threads',
    'twitter',
    'x',
    'linkedin',
    'reddit',
    'pinterest',
    'tiktok',
    'youtube',
    'snapchat',
    'whatsapp',
    'telegram',
    'discord',
    'bluesky',
    'mastodon',
    'hackernews',
    'hn',
  ],
  email: ['email', 'e-mail', 'mail', 'newsletter', 'gmail', 'outlook', 'mailchimp', 'klaviyo', 'sendgrid'],
  ai: ['chatgpt', 'openai', 'claude', 'perplexity', 'gemini', 'copilot', 'deepseek', 'grok'],
};

const kinds = Object.keys(domains) as SiteKind[];
const kindOfDomain = new Map(kinds.flatMap((kind) => domains[kind].map((domain) => [domain, kind] as const)));
const kindOfName = new Map(kinds.flatMap((kind) => sourceNames[kind].map((name) => [name, kind] as const)));

/** What kind of site a host is; undefined for all others. */
export function siteKind(host: string): SiteKind | undefined {
  for (let rest = host; rest !== ''; rest = afterDot(rest)) {
    const kind = kindOfDomain.get(rest);
    if (kind !== undefined) return kind;
  }
  return isNationalSearch(host) ? 'search' : undefined;
}

/** What kind of site a `utm_source` means: a name ("facebook") or a domain ("chatgpt.com"). Lower case expected. */
export function sourceKind(source: string): SiteKind | undefined {
  return kindOfName.get(source) ?? (source.includes('.') ? siteKind(source) : undefined);
}

function afterDot(host: string): string {
  const dot = host.indexOf('.');
  return dot < 0 ? '' : host.slice(dot + 1);
}

/** The name stands before a suffix of one or two short labels, so that "google.example.com" is not Google. */
function isNationalSearch(host: string): boolean {
  const labels = host.split('.');
  for (const suffixLabels of [1, 2]) {
    const name = labels.at(-1 - suffixLabels);
    if (name === undefined || !searchNames.includes(name)) continue;
    if (labels.slice(-suffixLabels).every((label) => label.length <= 3)) return true;
  }
  return false;
}
