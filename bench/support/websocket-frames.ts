/** The bytes of a client's frame, and where its payload starts in them. */
export interface ClientFrame {
  readonly bytes: Buffer;
  readonly payloadStart: number;
}

/** Puts a payload into one masked text frame (RFC 6455, section 5.2). */
export function clientFrame(payload: Buffer, mask: Uint8Array, opcode = 0x1): ClientFrame {
  const lengthBytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const payloadStart = 2 + lengthBytes + 4;
  const bytes = Buffer.allocUnsafe(payloadStart + payload.length);
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | (lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) bytes.writeUInt16BE(payload.length, 2);
  if (lengthBytes === 8) bytes.writeBigUInt64BE(BigInt(payload.length), 2);
  bytes.set(mask, payloadStart - 4);
  for (let index = 0; index < payload.length; index++) bytes[payloadStart + index] = payload[index]! ^ mask[index & 3]!;
  return { bytes, payloadStart };
}

/** Receives the contents of a server's frames. */
export interface FrameListener {
  onMessage(payload: Buffer): void;
  onPing(payload: Buffer): void;
  onClose(code: number): void;
}

/** Splits a server's bytes into frames. Servers here send each message in one frame; anything else is an error. */
export class ServerFrameReader {
  #rest: Buffer = Buffer.alloc(0);
  readonly #listener: FrameListener;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const next = this.#frame(bytes, at);
      if (next === undefined) break;
      at = next;
    }
    this.#rest = bytes.subarray(at);
  }

  /** Handles the frame at an offset and returns the offset of the next one; `undefined` when it is incomplete. */
  #frame(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < at + 2) return undefined;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    if ((first & 0xf0) !== 0x80 || second > 127)
      throw new Error('the server sent a fragmented, compressed or masked frame');
    const start = at + 2 + (second === 126 ? 2 : second === 127 ? 8 : 0);
    if (bytes.length < start) return undefined;
    const end = start + payloadLength(bytes, at, second);
    if (bytes.length < end) return undefined;
    this.#deliver(first & 0x0f, bytes.subarray(start, end));
    return end;
  }

  #deliver(opcode: number, payload: Buffer): void {
    // RFC 6455, section 11.8: 1 text, 2 binary, 8 close, 9 ping, 10 pong.
    if (opcode === 1 || opcode === 2) this.#listener.onMessage(payload);
    else if (opcode === 8) this.#listener.onClose(payload.length >= 2 ? payload.readUInt16BE(0) : 1005);
    else if (opcode === 9) this.#listener.onPing(payload);
  }
}

function payloadLength(bytes: Buffer, at: number, second: number): number {
  if (second === 126) return bytes.readUInt16BE(at + 2);
  if (second === 127) return Number(bytes.readBigUInt64BE(at + 2));
  return second;
}
