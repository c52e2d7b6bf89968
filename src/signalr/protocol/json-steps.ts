import type { HubMessage } from './hub-messages';
import type { MessageSteps } from './hub-protocol';
import type { JsonOutline } from './json-outline';

/** How many bytes are looked at in a step. */
const BYTES_IN_STEP = 256 * 1024;

/** A JSON message with long values. Once it is known where they end, it is read in no time. */
export class JsonSteps implements MessageSteps {
  message: HubMessage | undefined;
  readonly #outline: JsonOutline;
  readonly #parse: (outline: JsonOutline) => HubMessage | undefined;

  constructor(outline: JsonOutline, parse: (outline: JsonOutline) => HubMessage | undefined) {
    this.#outline = outline;
    this.#parse = parse;
  }

  step(): boolean {
    if (!this.#outline.run(BYTES_IN_STEP)) return false;
    this.message = this.#parse(this.#outline);
    return true;
  }
}
