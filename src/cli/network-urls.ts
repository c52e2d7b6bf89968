import type { NetworkInterfaceInfo } from 'node:os';

/** So many addresses are named at most: machines with containers have dozens. */
const MOST = 3;

/**
 * The addresses by which other machines reach a server that listens on all of them (`0.0.0.0`, `::`); none for another
 * `host`. `url`: its address on this machine.
 */
export function networkUrlsOf(
  url: string,
  host: string,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [];
  const names = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && (family === 'IPv4' || host === '::'))
    // Addresses of a link need the name of an interface, which differs by machine.
    .filter(({ address }) => !/^fe[89ab]/i.test(address))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
  return names.slice(0, MOST).map((name) => {
    const address = new URL(url);
    address.hostname = name;
    return address.origin;
  });
}
