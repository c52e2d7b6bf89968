import type { TestHub } from '../../support/test-hub';

/** The body of an answer that goes on, read until a text is there. */
export class Live {
  text = '';
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  private constructor(response: Response) {
    this.response = response;
    this.#reader = response.body!.getReader();
  }

  static async open(hub: TestHub, path: string, headers: Record<string, string> = {}): Promise<Live> {
    const response = await hub.fetch(path, { headers: { accept: 'text/event-stream', ...headers } });
    return new Live(response);
  }

  async until(holds: (text: string) => boolean): Promise<string> {
    while (!holds(this.text)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`it ended with ${JSON.stringify(this.text)}`);
      this.text += Buffer.from(value).toString();
    }
    return this.text;
  }

  async end(): Promise<string> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return this.text;
      this.text += Buffer.from(value).toString();
    }
  }

  /** The events that came so far, with the ids of their blocks. */
  get events(): { readonly at: string | undefined; readonly id: string }[] {
    return this.text.split('\n\n').flatMap((block) => {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined || /^event: /m.test(block)) return [];
      return [{ at: /^id: (.*)$/m.exec(block)?.[1], id: (JSON.parse(data) as { id: string }).id }];
    });
  }

  get ids(): string[] {
    return this.events.map(({ id }) => id);
  }

  /** The lines that came so far, without those that are blank. */
  get lines(): Record<string, unknown>[] {
    const whole = this.text.slice(0, this.text.lastIndexOf('\n') + 1).split('\n');
    return whole.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}
