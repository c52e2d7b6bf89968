import { isDecimalText } from './number-texts';

/**
 * A decimal number to send, with the digits it was made of: 1.10 stays 1.10. In JSON it is a number, in MessagePack a
 * string, as .NET reads and writes a `decimal`. What a parameter of the kind `decimal` hands over is its text.
 */
export class Decimal {
  readonly #text: string;

  /** @throws TypeError when the text is not a number, or beyond the range of C#'s `decimal`. */
  constructor(text: string) {
    if (typeof text !== 'string' || !isDecimalText(text)) {
      throw new TypeError('Decimal: the text is not a number, or beyond the range of a decimal');
    }
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return this.#text;
  }
}
