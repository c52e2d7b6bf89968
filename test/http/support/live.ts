import type { TestHub } from '../../support/test-hub';

/** The body of an answer that goes on. */
export class LiveBody {
  text = '';
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    this.response = response;
    this.#reader = response.body!.getReader();
  }

  /** Reads on until what has come satisfies a condition. */
  async readUntil(holds: () => boolean): Promise<void> {
    while (!holds()) if (!(await this.#read())) throw new Error(`it ended with ${JSON.stringify(this.text)}`);
  }

  /** Reads to the end. */
  async end(): Promise<string> {
    while (await this.#read());
    return this.text;
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }

  async #read(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (!done) this.text += Buffer.from(value).toString();
    return !done;
  }
}

/** Live events. */
export class Live extends LiveBody {
  static async open(hub: TestHub, path: string, headers: Record<string, string> = {}): Promise<Live> {
    return new Live(await hub.fetch(path, { headers: { accept: 'text/event-stream', ...headers } }));
  }

  async until(holds: (text: string) => boolean): Promise<string> {
    await this.readUntil(() => holds(this.text));
    return this.text;
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
}
