/**
 * Who is at the other end: the address of the client, seen through the proxies that a setting trusts. Read from the right
 * of `X-Forwarded-For`, since everything left of the first untrusted hop is whatever the client cared to write.
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Whether the hop with this address, counted from the server (0), may say who stood behind it. */
export type TrustProxy = (address: string, hop: number) => boolean;

export const trustProxyRule =
  'must be false, a number of proxies from 1 to 16, or addresses and networks between commas (loopback, private, 10.0.0.0/8)';

const hopsMax = 16;
/** Each hop is text that the client can write; more of them than any chain of proxies has are not read. */
const forwardedMax = 64;

const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

export const trustNobody: TrustProxy = () => false;

/** Undefined when the text breaks the rule. */
export function parseTrustProxy(text: string): TrustProxy | undefined {
  if (/^(false|off|no|0)$/i.test(text)) return trustNobody;
  if (/^\d{1,2}$/.test(text)) {
    const hops = Number(text);
    return hops <= hopsMax ? (_, hop) => hop < hops : undefined;
  }
  const networks = text.split(',').flatMap((item) => named[item.trim().toLowerCase()] ?? item.trim());
  const trusted = new BlockList();
  return networks.every((network) => addNetwork(trusted, network))
    ? (address) => trusted.check(address, familyOf(address))
    : undefined;
}

/** The client's address: IPv4 or IPv6 text, '' when the socket is gone already. */
export function clientAddress(request: IncomingMessage, trust: TrustProxy): string {
  let client = peer(request.socket.remoteAddress ?? '');
  const forwarded = request.headers['x-forwarded-for'];
  if (forwarded === undefined || client === '' || !trust(client, 0)) return client;
  const hops = (typeof forwarded === 'string' ? forwarded : forwarded.join(','))
    .split(',')
    .slice(-forwardedMax);
  for (let hop = 1; hops.length > 0 && trust(client, hop - 1); hop++) {
    const next = plain(hops.pop()!.trim());
    if (isIP(next) === 0) break;
    client = next;
  }
  return client;
}

/** Whether the client spoke TLS: with a proxy that is trusted, by `X-Forwarded-Proto`. */
export function cameByTls(request: IncomingMessage, trust: TrustProxy): boolean {
  if ((request.socket as Partial<TLSSocket>).encrypted === true) return true;
  const forwarded = request.headers['x-forwarded-proto'];
  if (forwarded === undefined || !trust(peer(request.socket.remoteAddress ?? ''), 0)) return false;
  // the first proxy's word: those behind it speak plainly among themselves
  return String(forwarded).split(',', 1)[0]!.trim().toLowerCase() === 'https';
}

/** The socket's own word needs little care, and this is the hot path. */
function peer(address: string): string {
  return /^[\d.]+$/.test(address) ? address : plain(address);
}

/** Without the port, the brackets, the zone, and IPv4's disguise as IPv6. */
function plain(address: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1];
  const bare = bracketed ?? (/^[\d.]+:\d+$/.test(address) ? address.slice(0, address.indexOf(':')) : address);
  const unzoned = bare.includes('%') ? bare.slice(0, bare.indexOf('%')) : bare;
  return /^::ffff:[\d.]+$/i.test(unzoned) ? unzoned.slice('::ffff:'.length) : unzoned;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function addNetwork(trusted: BlockList, network: string): boolean {
  const [address = '', prefix, ...rest] = network.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix);
  const fits = (prefix === undefined || /^\d{1,3}$/.test(prefix)) && bits <= (version === 4 ? 32 : 128);
  if (fits) trusted.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  return fits;
}
