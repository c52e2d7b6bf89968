import { FrameWriter } from '../../../src/signalr/transports/frame-writer';

/** RFC 6455, 5.2: the payload of a server's only frame, and whether it is binary. */
function read(frame: Buffer): [message: Buffer, isBinary: boolean] {
  expect([0x81, 0x82]).toContain(frame[0]);
  const short = frame[1]!;
  const [length, start] = short < 126 ? [short, 2] : [frame.readUInt16BE(2), 4];
  expect([short <= 126, length >= 126 || start === 2, frame.length]).toEqual([true, true, start + length]);
  return [frame.subarray(start), frame[0] === 0x82];
}

const LONGEST = 16 * 1024;

describe('FrameWriter', () => {
  it.each([0, 1, 125, 126, 127, 1000, LONGEST])('makes a frame of a text or bytes of length %i', (length) => {
    const frames = new FrameWriter();
    for (const text of ['x'.repeat(length), '€'.repeat(length)]) {
      const [message, isBinary] = read(frames.frameOf(text)!);
      expect([message.toString() === text, isBinary]).toEqual([true, false]);
    }
    const bytes = new Uint8Array(length).fill(0xfe);
    const [message, isBinary] = read(frames.frameOf(bytes)!);
    expect([message.equals(bytes), isBinary]).toEqual([true, true]);
  });

  it('leaves longer ones to the library', () => {
    const frames = new FrameWriter();
    expect(frames.frameOf('x'.repeat(LONGEST + 1))).toBeUndefined();
    expect(frames.frameOf(new Uint8Array(LONGEST + 1))).toBeUndefined();
  });

  it('frames once what many are sent, one after the other', () => {
    const frames = new FrameWriter();
    const bytes = Uint8Array.of(1, 2);
    for (const message of ['text', bytes, 'text', 'other']) {
      expect(frames.frameOf(message)).toBe(frames.frameOf(message));
    }
    // Bytes may be others by now, but not those of the same message.
    expect(frames.frameOf(Uint8Array.of(1, 2))).not.toBe(frames.frameOf(bytes));
  });
});
