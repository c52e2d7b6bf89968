import { Random } from '../support/random';

/** The digits that are rewritten for each message: milliseconds. The six digits of nanoseconds behind them stay. */
const STAMP_DIGITS = 13;
const FIRST_MILLISECOND = 1_618_133_869_000;

/** The text of a batch of events, without the brackets of an array. `Message.stamp` sets its timestamps. */
export function eventsText(count: number, shuffled: boolean): string {
  const microseconds = Array.from({ length: count }, (_, index) => index);
  if (shuffled) new Random(count).shuffle(microseconds);
  return microseconds
    .map((microsecond, index) => {
      const timestamp = `${FIRST_MILLISECOND}${String(microsecond).padStart(3, '0')}000`;
      const run = String(index % 1000).padStart(3, '0');
      return `{"id":"Alert","timestamp":${timestamp},"tags":{"capacity":"over"},"value":"Successful sample run ${run}"}`;
    })
    .join(',');
}

/** The text of a package of parameter data: random walks of three decimals. `Message.stamp` sets its epoch. */
export function packageText(timestamps: number, parameters: number): string {
  const random = new Random(timestamps);
  const columns = Array.from({ length: parameters }, (_, index) => {
    let value = 50_000;
    const walk = Array.from({ length: timestamps }, () => ((value += random.between(-500, 500)) / 1000).toFixed(3));
    return `"parameter-${index}":[${walk.join(',')}]`;
  });
  const times = Array.from({ length: timestamps }, (_, index) => index * 1000);
  return `{"epoch":${FIRST_MILLISECOND}000000,"timestamps":[${times.join(',')}],"numericValues":{${columns.join(',')}}}`;
}

const PATHS = ['/', '/pricing', '/docs/getting-started', '/blog/2026/streaming'];

/** The text of a batch of rows of six columns, one line each. `Message.stamp` sets their milliseconds. */
export function rowsText(count: number): string {
  const rows = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      timestamp: FIRST_MILLISECOND,
      date: new Date(FIRST_MILLISECOND + index).toISOString(),
      session: `5f6e2c1a-8b7d-4e3f-9a0b-${String(index).padStart(12, '0')}`,
      action: 'page_hit',
      path: PATHS[index % PATHS.length],
      duration: 12.5 + index,
    }),
  );
  return `${rows.join('\n')}\n`;
}

/** Bytes that are sent again and again; only the timestamps in them change. */
export class Message {
  readonly #stamps: Int32Array;

  /** Where `plain` starts in `bytes`, and its mask there. */
  readonly #start: number;
  readonly #mask: Uint8Array<ArrayBuffer>;

  constructor(
    readonly bytes: Buffer,
    /** The message without its mask. */
    plain: Buffer,
    start = 0,
    mask = new Uint8Array(4),
  ) {
    this.#start = start;
    this.#mask = mask;

    const found: number[] = [];
    for (const key of ['"timestamp":', '"epoch":']) {
      for (let at = plain.indexOf(key); at >= 0; at = plain.indexOf(key, at + 1)) found.push(at + key.length);
    }
    this.#stamps = Int32Array.from(found);
  }

  /** Sets all timestamps to the next ones of a clock. */
  stamp(clock: Clock): void {
    const { bytes } = this;
    const mask = this.#mask;
    const start = this.#start;
    const stamps = this.#stamps;
    const { digits, stride } = clock;
    let from = clock.advance(stamps.length);
    for (const stamp of stamps) {
      for (let index = 0; index < STAMP_DIGITS; index++) {
        const at = stamp + index;
        bytes[start + at] = digits[from + index]! ^ mask[at & 3]!;
      }
      from += stride;
      if (from === digits.length && stride > 0) from = 0;
    }
  }
}

/** Where timestamps come from: digits, and the distance between those of two events. */
export interface Clock {
  readonly digits: Uint8Array;
  readonly stride: number;
  /** The position of the digits for the first of the next `count` events. */
  advance(count: number): number;
}

/** One millisecond later for each message; the events of a message are a microsecond apart. */
export class AscendingClock implements Clock {
  readonly digits = Uint8Array.from(Buffer.from(String(FIRST_MILLISECOND)));
  readonly stride = 0;

  advance(): number {
    let last = STAMP_DIGITS - 1;
    while (this.digits[last] === 0x39) this.digits[last--] = 0x30;
    this.digits[last]!++;
    return 0;
  }
}

/** A random millisecond of about three hours for each event. */
export class ShuffledClock implements Clock {
  readonly digits: Uint8Array;
  readonly stride = STAMP_DIGITS;
  #position: number;

  constructor(seed: number) {
    const random = new Random(seed);
    const milliseconds = Array.from({ length: 8192 }, () => FIRST_MILLISECOND + random.between(0, 9_999_999));
    this.digits = Uint8Array.from(Buffer.from(milliseconds.join('')));
    this.#position = random.between(0, 8191) * STAMP_DIGITS;
  }

  advance(count: number): number {
    const position = this.#position;
    this.#position = (position + count * STAMP_DIGITS) % this.digits.length;
    return position;
  }
}

/** A stream, and the clock for all messages to it. */
export interface Source {
  readonly stream: string;
  readonly clock: Clock;
}
