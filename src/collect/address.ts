/** One spelling for each address, so that a visitor is the same one over both kinds of socket and from every sender. */
import { isIP } from 'node:net';

const ipv4InIpv6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** IPv4 in dots, IPv6 in its shortest form without a zone; undefined when it is no address. */
export function canonicalAddress(text: string): string | undefined {
  const version = isIP(text);
  if (version === 4) return text;
  if (version === 0) return undefined;
  const zone = text.indexOf('%');
  const plain = zone < 0 ? text : text.slice(0, zone);
  const mapped = ipv4InIpv6.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  // the URL parser writes IPv6 addresses as RFC 5952 says
  return URL.parse(`http://[${plain}]`)?.hostname.slice(1, -1) ?? plain.toLowerCase();
}
