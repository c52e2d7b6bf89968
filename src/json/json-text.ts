import { JsonCursor } from './json-cursor';
import { textStart } from './text-start';

class JsonText extends JsonCursor {
  check(): void {
    this.checkUtf8();
    this.checkEnd(this.skipValue(this.firstValue(), 0));
  }
}

/**
 * Parses a JSON text. Throws `malformed_json`, with the position, where it violates RFC 8259, UTF-8 or the nesting
 * limit.
 */
export function parseJson(text: Buffer, maxDepth: number): unknown {
  new JsonText(text, maxDepth).check();
  return JSON.parse(text.toString('utf8', textStart(text))) as unknown;
}
