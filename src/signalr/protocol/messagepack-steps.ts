import type { HubMessage } from './hub-messages';
import type { MessageSteps } from './hub-protocol';
import { InvalidDataException } from '../exceptions';
import { SteppedTranscoder } from './messagepack-json-steps';
import { MessagePackReader } from './messagepack-reader';

/** How many values are written in a step. */
const VALUES_IN_STEP = 1000;

/** Smaller raw values than this are written at once. */
export const SMALL_VALUE = 32 * 1024;

/** Asks for the text of a raw value that is not there yet. */
export class MissingText extends Error {
  constructor(
    readonly position: number,
    /** The number of arrays and maps around it. */
    readonly depth: number,
  ) {
    super('a raw value was not prepared');
  }
}

/** The text of a large raw value, or why it has none, and where the value ends. */
interface PreparedText {
  readonly outcome: Buffer | InvalidDataException;
  readonly end: number;
}

/** The texts of the large raw values of one message, by the places of the values. */
export class PreparedTexts {
  readonly #texts = new Map<number, PreparedText>();

  set(position: number, text: PreparedText): void {
    this.#texts.set(position, text);
  }

  /**
   * The text of the value at the reader's position, which goes behind it.
   * @throws MissingText when it is not there.
   * @throws InvalidDataException when the value has none.
   */
  take(reader: MessagePackReader, depth: number): Buffer {
    const text = this.#texts.get(reader.position);
    if (text === undefined) throw new MissingText(reader.position, depth);
    reader.position = text.end;
    if (text.outcome instanceof InvalidDataException) throw text.outcome;
    return text.outcome;
  }
}

/** Reads the bytes of one message with the texts that are there. @throws MissingText */
export type PreparedParse = (texts: PreparedTexts) => HubMessage | undefined;

/** A MessagePack message with large raw values. It is read anew whenever the text of one of them is there. */
export class MessagePackSteps implements MessageSteps {
  message: HubMessage | undefined;
  readonly #texts = new PreparedTexts();
  readonly #reader = new MessagePackReader();
  readonly #transcoder = new SteppedTranscoder(this.#reader);
  readonly #parse: PreparedParse;
  /** Where the value begins that is being written. */
  #position: number | undefined;

  constructor(bytes: Buffer, end: number, parse: PreparedParse) {
    this.#parse = parse;
    this.#reader.reset(bytes, 0, end);
  }

  step(): boolean {
    if (this.#position !== undefined) {
      this.#write(this.#position);
      return false;
    }
    try {
      this.message = this.#parse(this.#texts);
      return true;
    } catch (error) {
      if (!(error instanceof MissingText)) throw error;
      this.#position = this.#reader.position = error.position;
      this.#transcoder.begin(error.depth);
      return false;
    }
  }

  #write(position: number): void {
    try {
      if (!this.#transcoder.run(VALUES_IN_STEP)) return;
      this.#texts.set(position, { outcome: this.#transcoder.text(), end: this.#reader.position });
    } catch (error) {
      if (!(error instanceof InvalidDataException)) throw error;
      this.#texts.set(position, { outcome: error, end: this.#reader.position });
    }
    this.#position = undefined;
  }
}
