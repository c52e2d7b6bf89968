/** A pseudorandom sequence that is the same for the same seed (mulberry32). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 up to but not including the bound. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error('There is nothing to pick from.');
    return choice;
  }
}

/** Bytes that matter to the parsers of either encoding, and lengths that are too great. */
const telling = [
  '00 1e 22 2c 3a 5b 5c 5d 7b 7d 7f 80 8f 90 9f a0 bf c0 c1 c3 c4 c7 ca cb cc cf d0 d3 d4 d6 d8 d9 db dc dd de df e0 ff',
  'ddffffffff dd7fffffff dfffffffff db7fffffff c67fffffff c9ffffffff01 ffffffff07 ffffffffff cb7ff0000000000000',
  'cf0020000000000000 d38000000000000000 d7ffffffffffffffffff a95f5f70726f746f5f5f eda080 c080 f4908080',
]
  .join(' ')
  .split(' ')
  .map((hex) => Buffer.from(hex, 'hex'));

const MOST = 4;

/**
 * Breaks valid message bodies: bytes are changed, added, removed, repeated or cut off, or the bytes of another body
 * appended.
 */
export class FrameMutator {
  readonly #random: SeededRandom;
  readonly #bodies: readonly Buffer[];

  constructor(random: SeededRandom, bodies: readonly Buffer[]) {
    this.#random = random;
    this.#bodies = bodies;
  }

  /** A body with up to four mutations; one in sixteen is unchanged. */
  next(): Buffer {
    let body: Buffer = Buffer.from(this.#random.pick(this.#bodies));
    if (this.#random.below(16) === 0) return body;
    for (let count = 1 + this.#random.below(MOST); count > 0; count--) body = this.#mutate(body);
    return body;
  }

  #mutate(body: Buffer): Buffer {
    const random = this.#random;
    const at = random.below(body.length + 1);
    const to = Math.min(body.length, at + 1 + random.below(8));
    const before = body.subarray(0, at);
    switch (random.below(7)) {
      case 0:
        if (at < body.length) body[at] = random.below(256);
        return body;
      case 1:
        if (at < body.length) body[at] = body[at]! ^ (1 << random.below(8));
        return body;
      case 2:
        return Buffer.concat([before, random.pick(telling), body.subarray(at)]);
      case 3:
        return Buffer.concat([before, random.pick(telling), body.subarray(to)]);
      case 4:
        return Buffer.concat([before, body.subarray(to)]);
      case 5:
        return Buffer.concat([body.subarray(0, to), body.subarray(at)]);
      default: {
        const other = random.pick(this.#bodies);
        return Buffer.concat([before, other.subarray(random.below(other.length))]);
      }
    }
  }
}
