/** RFC 6455, 5.2. */
const TEXT = 0x81;
const BINARY = 0x82;
const LENGTH_IN_16_BITS = 126;

/** The longest payload that is put into a frame here: for longer ones a copy costs more than it saves. */
const LONGEST_PAYLOAD = 16 * 1024;

/**
 * Makes the frames of messages to clients, header and payload in one piece. The last one is kept: what is sent to many
 * is framed once. RFC 6455, 5.2.
 */
export class FrameWriter {
  #message: string | Uint8Array | undefined;
  #frame: Buffer | undefined;

  /** The frame of a message; `undefined` for a long one. Nobody may change it. */
  frameOf(message: string | Uint8Array): Buffer | undefined {
    if (message === this.#message) return this.#frame;
    if (message.length > LONGEST_PAYLOAD) return undefined;
    const frame = typeof message === 'string' ? textFrame(message) : binaryFrame(message);
    this.#message = message;
    this.#frame = frame;
    return frame;
  }
}

function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const [frame, start] = begin(TEXT, length);
  frame.write(text, start);
  return frame;
}

function binaryFrame(bytes: Uint8Array): Buffer {
  const [frame, start] = begin(BINARY, bytes.length);
  frame.set(bytes, start);
  return frame;
}

/** A frame without its payload, and where that begins. It has at most 48 KiB, if each character takes three bytes. */
function begin(first: number, length: number): [frame: Buffer, start: number] {
  const start = length < LENGTH_IN_16_BITS ? 2 : 4;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = first;
  if (start === 2) {
    frame[1] = length;
  } else {
    frame[1] = LENGTH_IN_16_BITS;
    frame.writeUInt16BE(length, 2);
  }
  return [frame, start];
}
