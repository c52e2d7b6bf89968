import { MessageTooLargeException } from '../../../src/signalr/protocol/framing';
import { MessageFrameReader } from '../../../src/signalr/protocol/message-frame-reader';
import { recordFraming } from '../../../src/signalr/protocol/record-framing';

function take(reader: MessageFrameReader): string[] {
  const records: string[] = [];
  while (reader.next()) records.push(reader.bytes.toString('utf8', reader.start, reader.end));
  return records;
}

function readInPieces(text: string, size: number, limit = 100): string[] {
  const reader = new MessageFrameReader(recordFraming, limit);
  const bytes = Buffer.from(text);
  const records: string[] = [];
  for (let i = 0; i < bytes.length; i += size) {
    reader.push(Buffer.from(bytes.subarray(i, i + size)));
    records.push(...take(reader));
  }
  return records;
}

describe('FrameReader of records', () => {
  it.each([
    ['{}\x1e', ['{}']],
    ['\x1e', ['']],
    ['{"type":6}\x1e{"type":7}\x1e', ['{"type":6}', '{"type":7}']],
    ['{"x":"ü"}\x1e\x1e{"type":7}\x1erest', ['{"x":"ü"}', '', '{"type":7}']],
    ['no end', []],
  ])('cuts %j, in one piece and in small ones', (text, records) => {
    for (const size of [1000, 1, 2, 3, 7]) expect(readInPieces(text, size)).toEqual(records);
  });

  it('cuts a record out of a whole chunk without a copy', () => {
    const chunk = Buffer.from('a\x1eb\x1e');
    const reader = new MessageFrameReader(recordFraming, 10);
    reader.push(chunk);
    expect(reader.next()).toBe(true);
    expect(reader.bytes).toBe(chunk);
  });

  it('never writes over bytes it has shown', () => {
    const reader = new MessageFrameReader(recordFraming, 4000);
    const shown: [Buffer, string][] = [];
    for (let i = 0; i < 500; i++) {
      const text = `${i}-`.repeat(1 + (i % 50));
      for (const piece of [text.slice(0, 3), text.slice(3), '\x1e', 'partial', '\x1e']) {
        reader.push(Buffer.from(piece));
        if (i % 3 > 0 && reader.next()) {
          const record = reader.bytes.subarray(reader.start, reader.end);
          shown.push([record, record.toString()]);
        }
      }
    }
    for (const [record, text] of shown) expect(record.toString()).toBe(text);
  });

  it('takes a record of exactly the limit, separator included', () => {
    expect(readInPieces('123456789\x1e123456789\x1e', 1, 10)).toEqual(['123456789', '123456789']);
    expect(readInPieces('123456789\x1e123456789\x1e', 100, 10)).toEqual(['123456789', '123456789']);
  });

  it('refuses a longer record even before its end has come', () => {
    expect(() => readInPieces('1234567890', 1, 10)).toThrow(MessageTooLargeException);
    expect(() => readInPieces('1234567890\x1e', 100, 10)).toThrow(
      'The maximum message size of 10B was exceeded. The message size can be configured with the option maximumReceiveMessageSize.',
    );
  });

  it('gives the records before a record that is too long', () => {
    const reader = new MessageFrameReader(recordFraming, 10);
    reader.push(Buffer.from('one\x1etwo\x1e1234567890'));
    expect([reader.next(), reader.next()]).toEqual([true, true]);
    expect(() => reader.next()).toThrow(MessageTooLargeException);
  });

  it('reads a long record byte by byte in linear time', () => {
    const size = 1_000_000;
    expect(readInPieces(`${'x'.repeat(size)}\x1e`, 1, size + 1)[0]).toHaveLength(size);
  });
});
