import { randomBytes } from 'node:crypto';
import { HubClient } from '../support/hub-client';
import { clientFrame } from '../support/websocket-frames';
import { eventsText, Message, packageText, type Source } from './batches';
import type { Meter } from './meter';
import type { LoadSpec } from './load-spec';

/** Keeps `inFlight` invocations in flight on one hub connection; the id of an invocation is its index among them. */
export class HubLoad {
  readonly #messages: Message[];
  readonly #sentAt: Float64Array;
  #client: HubClient | undefined;
  #waiting = 0;
  #drained: (() => void) | undefined;
  readonly #source: Source;
  readonly #meter: Meter;
  readonly #fail: (reason: Error) => void;

  private constructor(spec: LoadSpec, source: Source, meter: Meter, fail: (reason: Error) => void) {
    this.#source = source;
    this.#meter = meter;
    this.#fail = fail;

    this.#sentAt = new Float64Array(spec.inFlight);
    const { topic, batch, parameters, shuffled } = spec;
    const call =
      parameters === undefined
        ? { target: 'SendEventData', content: `[${eventsText(batch, shuffled)}]` }
        : { target: 'SendParameterData', content: packageText(batch / parameters, parameters) };
    meter.batchBytes = Buffer.byteLength(call.content);
    this.#messages = Array.from({ length: spec.inFlight }, (_, id) =>
      invocation(id, { ...call, topic, stream: this.#source.stream }),
    );
  }

  /** Connects and starts sending. */
  static async start(spec: LoadSpec, source: Source, meter: Meter, fail: (reason: Error) => void): Promise<HubLoad> {
    const load = new HubLoad(spec, source, meter, fail);
    load.#client = await HubClient.open(spec, {
      onCompletion: (id, error) => {
        load.#answered(id, error);
      },
      onClose: (reason) => {
        load.#fail(new Error(`a connection ended: ${reason}`));
      },
    });
    for (const id of load.#messages.keys()) load.#send(id);
    return load;
  }

  /** Resolves when every invocation has been answered. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (this.#waiting === 0) resolve();
    });
  }

  #send(id: number): void {
    const message = this.#messages[id]!;
    message.stamp(this.#source.clock);
    this.#sentAt[id] = performance.now();
    this.#waiting++;
    this.#client?.send(message.bytes);
  }

  #answered(id: number, error: string | undefined): void {
    this.#waiting--;
    if (error === undefined) this.#meter.acknowledge(this.#source.stream, this.#sentAt[id]!);
    else this.#meter.refuse(error);
    if (this.#meter.sending) this.#send(id);
    else if (this.#waiting === 0) this.#drained?.();
  }
}

/** What is called with what, as JSON text. */
interface Call {
  readonly target: string;
  readonly topic: string;
  readonly stream: string;
  readonly content: string;
}

function invocation(id: number, { target, topic, stream, content }: Call): Message {
  const plain = Buffer.from(
    `{"type":1,"invocationId":"${id}","target":"${target}","arguments":["${topic}","${stream}",${content}]}\x1e`,
  );
  // Real clients mask; with a mask of zeros the server would have less work.
  const mask = randomBytes(4).map((byte) => byte | 1);
  const frame = clientFrame(plain, mask);
  return new Message(frame.bytes, plain, frame.payloadStart, mask);
}
