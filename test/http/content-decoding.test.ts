import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { contentCoding, decodeContent } from '../../src/http/content-decoding';
import type { Compressed } from '../../src/http/inflate';
import { stored } from './support/zstd';

const LIMIT = 1024 * 1024;

const encoders = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const;

describe('decodeContent', () => {
  const elsewhere = jest.fn((_: Compressed) => Promise.resolve(Buffer.from('elsewhere')));

  beforeEach(() => {
    elsewhere.mockClear();
  });

  it.each(encoders)('inflates what is small in %s here', async (coding, encode) => {
    const sent = encode(Buffer.alloc(256 * 1024, 'a'));
    expect(await decodeContent({ sent, coding, limit: LIMIT }, elsewhere)).toHaveLength(256 * 1024);
    expect(elsewhere).not.toHaveBeenCalled();
  });

  it.each(encoders)('has what turns out to be large in %s inflated elsewhere', async (coding, encode) => {
    const body = { sent: encode(Buffer.alloc(256 * 1024 + 1, 'a')), coding, limit: LIMIT };
    expect(String(await decodeContent(body, elsewhere))).toBe('elsewhere');
    expect(elsewhere).toHaveBeenCalledWith(body);
  });

  it.each(encoders)('refuses what is damaged in %s without asking elsewhere', async (coding, encode) => {
    const sent = encode(Buffer.from('text')).subarray(0, -1);
    const decoded = decodeContent({ sent, coding, limit: LIMIT }, elsewhere);
    await expect(decoded).rejects.toMatchObject({ code: 'malformed_body' });
    expect(elsewhere).not.toHaveBeenCalled();
  });

  it('has what is sent large inflated elsewhere at once', async () => {
    const body = { sent: Buffer.alloc(256 * 1024 + 1), coding: 'gzip', limit: LIMIT } as const;
    expect(String(await decodeContent(body, elsewhere))).toBe('elsewhere');
  });

  it('refuses what is over a low limit without asking elsewhere', async () => {
    const decoded = decodeContent({ sent: gzipSync(Buffer.alloc(1001)), coding: 'gzip', limit: 1000 }, elsewhere);
    await expect(decoded).rejects.toMatchObject({
      code: 'message_too_large',
      message: expect.stringContaining('1000') as string,
    });
    expect(elsewhere).not.toHaveBeenCalled();
  });

  it('inflates large bodies here when there is nowhere else', async () => {
    const sent = gzipSync(Buffer.alloc(LIMIT, 'a'));
    expect(await decodeContent({ sent, coding: 'gzip', limit: LIMIT })).toHaveLength(LIMIT);
    expect(await decodeContent({ sent: stored(Buffer.from('z')), coding: 'zstd', limit: LIMIT })).toHaveLength(1);
  });
});

describe('contentCoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    [' br ', 'br'],
    ['Zstd', 'zstd'],
    ['deflate', 'deflate'],
  ])('reads %s as %s', (header, coding) => {
    expect(contentCoding(header)).toBe(coding);
  });

  it.each(['compress', 'gzip, gzip', 'gzip,br', 'constructor', 'snappy'])('refuses %s', (header) => {
    expect(() => contentCoding(header)).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }) as Error);
  });
});
