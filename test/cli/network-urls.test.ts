import type { NetworkInterfaceInfo } from 'node:os';
import { networkUrlsOf } from '../../src/cli/network-urls';

const address = (text: string, internal = false): NetworkInterfaceInfo => ({
  address: text,
  internal,
  netmask: '',
  mac: '',
  cidr: null,
  ...(text.includes(':') ? { family: 'IPv6', scopeid: 0 } : { family: 'IPv4' }),
});

const INTERFACES = {
  lo: [address('127.0.0.1', true), address('::1', true)],
  eth0: [address('fe80::1'), address('2001:db8::7'), address('10.0.0.7')],
};

describe('networkUrlsOf', () => {
  it.each([
    ['127.0.0.1', []],
    ['10.0.0.7', []],
    ['0.0.0.0', ['https://10.0.0.7:8080']],
    ['::', ['https://10.0.0.7:8080', 'https://[2001:db8::7]:8080']],
  ])('gives for a server at %s %j', (host, expected) => {
    expect(networkUrlsOf('https://127.0.0.1:8080', host, INTERFACES)).toEqual(expected);
  });

  it('gives three of many', () => {
    const many = { docker: Array.from({ length: 9 }, (_, n) => address(`172.17.0.${n}`)) };
    expect(networkUrlsOf('http://127.0.0.1:1', '0.0.0.0', many)).toHaveLength(3);
  });
});
