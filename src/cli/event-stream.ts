/** A block of an event stream. HTML: 9.2.6 Interpreting an event stream. */
export interface StreamBlock {
  /** `message` unless it has another name. */
  readonly event: string;
  /** `undefined`: it has none, and is no event. */
  readonly data: string | undefined;
  readonly id: string | undefined;
  /** Milliseconds after which to come back. */
  readonly retry: number | undefined;
  readonly comment: string | undefined;
}

/**
 * The blocks of an event stream, those of a piece of it together. A piece may end anywhere, also within a character or
 * a line; a block that is not ended by a blank line is none.
 */
export async function* streamBlocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamBlock[], void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    rest += decoder.decode(piece, { stream: true });
    const end = rest.lastIndexOf('\n\n');
    if (end < 0) continue;
    const texts = rest.slice(0, end).split('\n\n');
    rest = rest.slice(end + 2);
    yield texts.map(parseBlock);
  }
}

function parseBlock(text: string): StreamBlock {
  const data: string[] = [];
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else fields.set(name, value);
  }
  const retry = fields.get('retry');
  return {
    event: fields.get('event') ?? 'message',
    data: data.length === 0 ? undefined : data.join('\n'),
    id: fields.get('id'),
    retry: retry === undefined ? undefined : Number(retry),
    comment: fields.get(''),
  };
}
