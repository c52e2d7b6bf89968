import { type ErrorCode, WriterHubError } from '../errors';
import { excerpt } from '../json/excerpt';
import { JSON_BYTES } from '../json/json-bytes';
import { JsonCursor } from '../json/json-cursor';

/** Deepest nesting in an item. The service scans the content again, with the limit that is set. */
const MAX_DEPTH = 1000;

/** What the items of an upload hold besides `streamId`, and the code of an item that does not. */
export interface ItemForm {
  readonly content: 'events' | 'data';
  readonly code: ErrorCode;
}

/** One item of an upload: a stream, and the text of what it is to hold, as it was sent. */
export interface BatchItem {
  readonly streamId: unknown;
  readonly content: Uint8Array;
}

/** Parses an item, such as `{streamId, events}`. Throws `malformed_json` or the code of the form. */
export function readBatchItem(text: Uint8Array, form: ItemForm): BatchItem {
  return new BatchItemReader(text, form).read();
}

class BatchItemReader extends JsonCursor {
  readonly #form: ItemForm;

  constructor(text: Uint8Array, form: ItemForm) {
    super(text, MAX_DEPTH);
    this.#form = form;
  }

  read(): BatchItem {
    this.checkUtf8();
    const { content: name } = this.#form;
    const start = this.skipSpace(0);
    if (this.text[start] !== JSON_BYTES.OPEN_OBJECT) {
      throw this.#invalid(`the item is not an object {streamId, ${name}}`);
    }
    const members = new Map<string, Buffer>();
    let at = this.skipBracket(start, 1);
    while (this.text[at] !== JSON_BYTES.CLOSE_OBJECT) {
      at = this.#readMember(at, members);
      at = this.skipToSeparator(at, JSON_BYTES.CLOSE_OBJECT);
      if (this.text[at] === JSON_BYTES.CLOSE_OBJECT) break;
      at = this.skipSpace(at + 1);
      if (this.text[at] === JSON_BYTES.CLOSE_OBJECT) this.failExpected(at, 'a property name in quotes');
    }
    this.checkEnd(at + 1);
    const streamId = members.get('streamId');
    const content = members.get(name);
    if (streamId === undefined) throw this.#invalid('the item has no streamId');
    if (content === undefined) throw this.#invalid(`the item has no ${name}`);
    return { streamId: JSON.parse(streamId.toString()) as unknown, content };
  }

  #readMember(start: number, members: Map<string, Buffer>): number {
    const keyEnd = this.skipString(start);
    const key = this.decode(start, keyEnd);
    const value = this.skipColon(keyEnd);
    const end = this.skipValue(value, 1);
    const name = this.#nameOf(key);
    if (name === undefined) throw this.#invalid(`the item has the unknown property ${JSON.stringify(excerpt(key))}`);
    if (members.has(name)) throw this.#invalid(`the item has ${name} twice`);
    members.set(name, this.text.subarray(value, end));
    return end;
  }

  /** The property that is meant: in camelCase, or in PascalCase. */
  #nameOf(key: string): string | undefined {
    return ['streamId', this.#form.content].find((name) => key === name || key === pascalCase(name));
  }

  #invalid(reason: string): WriterHubError {
    return new WriterHubError(this.#form.code, reason);
  }
}

function pascalCase(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
