import { MessageTooLargeException } from '../../../src/signalr/protocol/framing';
import { MessageFrameReader } from '../../../src/signalr/protocol/message-frame-reader';
import { lengthPrefixFraming, writeLengthPrefix } from '../../../src/signalr/protocol/length-prefix-framing';
import { recordFraming } from '../../../src/signalr/protocol/record-framing';

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const prefix = Buffer.alloc(5);
  return Buffer.concat([prefix.subarray(writeLengthPrefix(prefix, 5, body.length)), body]);
}

function take(reader: MessageFrameReader): string[] {
  const messages: string[] = [];
  while (reader.next()) messages.push(reader.bytes.toString('utf8', reader.start, reader.end));
  return messages;
}

function readInPieces(bytes: Buffer, size: number, limit = 100_000): string[] {
  const reader = new MessageFrameReader(lengthPrefixFraming, limit);
  const messages: string[] = [];
  for (let i = 0; i < bytes.length; i += size) {
    reader.push(Buffer.from(bytes.subarray(i, i + size)));
    messages.push(...take(reader));
  }
  return messages;
}

describe('writeLengthPrefix', () => {
  it.each([
    [0, '00'],
    [53, '35'],
    [127, '7f'],
    [128, '8001'],
    [5248, '8029'],
    [16_383, 'ff7f'],
    [16_384, '808001'],
    [0x7fffffff, 'ffffffff07'],
  ])('writes %d', (length, hex) => {
    const bytes = Buffer.alloc(5);
    expect(bytes.subarray(writeLengthPrefix(bytes, 5, length)).toString('hex')).toBe(hex);
  });
});

describe('FrameReader of messages with their length before them', () => {
  it.each([
    ['one', ['a']],
    ['several', ['a', 'bc', '\x1e']],
    ['an empty one', ['', 'a', '']],
    ['one of 127 bytes and one of 128', ['x'.repeat(127), 'y'.repeat(128), 'z']],
    ['one of 16,384 bytes', ['x'.repeat(16_384), 'y']],
  ])('cuts %s, in one piece and in small ones', (_, messages) => {
    const bytes = Buffer.concat(messages.map(frame));
    for (const size of [100_000, 1, 2, 3, 7]) expect(readInPieces(bytes, size)).toEqual(messages);
  });

  it('takes a prefix with more bytes than it needs', () => {
    expect(readInPieces(Buffer.from('81800061', 'hex'), 1)).toEqual(['a']);
  });

  it('gives no part of a message', () => {
    expect(readInPieces(frame('message').subarray(0, -1), 1)).toEqual([]);
  });

  it('takes a message of exactly the limit, prefix included', () => {
    expect(readInPieces(frame('123456789'), 1, 10)).toEqual(['123456789']);
  });

  it.each([
    ['the next byte', frame('1234567890'), 10],
    ['300 bytes', frame('x'.repeat(300)), 301],
    ['2 GB', Buffer.from('ffffffff07', 'hex'), 10 * 1024 * 1024],
  ])('refuses a message that is too long by %s as soon as it says so', (_, bytes, limit) => {
    const reader = new MessageFrameReader(lengthPrefixFraming, limit);
    reader.push(bytes.subarray(0, bytes.indexOf(bytes.find((byte) => byte < 0x80)!) + 1));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => reader.next()).toThrow(new MessageTooLargeException(limit));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it.each(['ffffffff08', 'ffffffffff', 'ffffffff80', '8080808080'])('refuses the prefix %s', (hex) => {
    expect(() => readInPieces(Buffer.from(hex, 'hex'), 1)).toThrow('Messages over 2GB in size are not supported.');
  });

  it('goes on where the text of the handshake ends', () => {
    const reader = new MessageFrameReader(recordFraming, 100);
    const bytes = Buffer.concat([Buffer.from('{"protocol":"messagepack","version":1}\x1e'), frame('a'), frame('b')]);
    for (const byte of bytes.subarray(0, 10)) {
      reader.push(Buffer.of(byte));
      expect(reader.next()).toBe(false);
    }
    reader.push(bytes.subarray(10));
    expect(reader.next()).toBe(true);
    reader.framing = lengthPrefixFraming;
    expect(take(reader)).toEqual(['a', 'b']);
  });
});
