import { JsonCursor } from './json-cursor';

class JsonText extends JsonCursor {
  check(): void {
    this.checkUtf8();
    this.checkEnd(this.skipValue(this.skipSpace(0), 0));
  }
}

/**
 * Parses a JSON text. Throws `malformed_json`, with the position, where it violates RFC 8259, UTF-8 or the nesting
 * limit.
 */
export function parseJson(text: Buffer, maxDepth: number): unknown {
  new JsonText(text, maxDepth).check();
  return JSON.parse(text.toString()) as unknown;
}
