import { eventsPath, HttpConnection, postHead, rowsPath } from '../support/http-connection';
import { eventsText, Message, rowsText, type Source } from './batches';
import type { Meter } from './meter';
import type { LoadSpec } from './load-spec';

/** Posts batches one after another on one keep-alive connection. */
export class HttpLoad {
  readonly #message: Message;
  readonly #success: number;
  #connection: HttpConnection | undefined;
  #sentAt = 0;
  #waiting = false;
  #drained: (() => void) | undefined;
  readonly #source: Source;
  readonly #meter: Meter;
  readonly #fail: (reason: Error) => void;

  private constructor(spec: LoadSpec, source: Source, meter: Meter, fail: (reason: Error) => void) {
    this.#source = source;
    this.#meter = meter;
    this.#fail = fail;

    const rows = spec.entryPoint === 'rows';
    const body = rows ? rowsText(spec.batch) : `[${eventsText(spec.batch, spec.shuffled)}]`;
    const wait = spec.wait === true;
    const path = rows ? rowsPath(spec.topic, wait) : eventsPath(spec.topic, this.#source.stream);
    this.#success = rows && !wait ? 202 : 200;
    meter.batchBytes = Buffer.byteLength(body);
    const bytes = Buffer.from(postHead({ ...spec, path }, meter.batchBytes) + body);
    this.#message = new Message(bytes, Buffer.from(bytes));
  }

  /** Connects and starts posting. */
  static async start(spec: LoadSpec, source: Source, meter: Meter, fail: (reason: Error) => void): Promise<HttpLoad> {
    const load = new HttpLoad(spec, source, meter, fail);
    load.#connection = await HttpConnection.open(spec.port, {
      onResponse: (status, body) => {
        load.#answered(status, body);
      },
      onClose: (reason) => {
        load.#fail(new Error(`a connection ended: ${reason}`));
      },
    });
    load.#send();
    return load;
  }

  /** Resolves when the last request has been answered. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (!this.#waiting) resolve();
    });
  }

  #send(): void {
    this.#message.stamp(this.#source.clock);
    this.#sentAt = performance.now();
    this.#waiting = true;
    this.#connection?.send(this.#message.bytes);
  }

  #answered(status: number, body: string): void {
    this.#waiting = false;
    if (status === this.#success) this.#meter.acknowledge(this.#source.stream, this.#sentAt);
    else this.#meter.refuse(`${status} ${body}`);
    if (this.#meter.sending) this.#send();
    else this.#drained?.();
  }
}
