import type { RawRecord } from '../log-record';
import type { KafkaConfig, KafkaError, KafkaModule, KafkaProducer } from './kafka-module';

/** Codes of librdkafka: its queue is full; it gives up, as it could not keep an order. */
const QUEUE_FULL = -184;
const FATAL = -150;

/** How long a producer tries to connect, and how long after a failure another one does, milliseconds. */
const CONNECT = 5000;
const RETRY_AFTER = 1000;

/** How long a producer that cannot be ended is waited for, milliseconds. */
const DISCONNECT = 1000;

interface Unacknowledged {
  readonly log: string;
  readonly record: RawRecord;
}

/**
 * Sends records with `acks=all`, each log's in the order of the calls. What is not acknowledged is kept: when a
 * producer gives up, another one sends it again from the first such record on.
 */
export class RecordSender {
  #producer: KafkaProducer;
  /** In the order of the calls. Those from `#next` on are not with the producer yet. */
  readonly #unacknowledged = new Map<number, Unacknowledged>();
  #last = 0;
  #next = 1;
  #isConnected = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;
  #connected: () => void = () => undefined;
  /** Resolves when the cluster was reached for the first time. */
  readonly connected = new Promise<void>((resolve) => {
    this.#connected = resolve;
  });
  readonly #module: Pick<KafkaModule, 'Producer'>;
  readonly #config: KafkaConfig;
  readonly #onError: (error: Error) => void;

  constructor(module: Pick<KafkaModule, 'Producer'>, config: KafkaConfig, onError: (error: Error) => void) {
    this.#module = module;
    this.#config = config;
    this.#onError = onError;
    this.#producer = this.#newProducer();
  }

  /** Of use for questions to the cluster. */
  get producer(): KafkaProducer {
    return this.#producer;
  }

  send(log: string, record: RawRecord): void {
    this.#last += 1;
    this.#unacknowledged.set(this.#last, { log, record });
    this.#produce();
  }

  /** A log is there no more: what is not acknowledged of it is given up. */
  drop(log: string): void {
    for (const [number, unacknowledged] of this.#unacknowledged) {
      if (unacknowledged.log === log) this.#unacknowledged.delete(number);
    }
  }

  /** What is not acknowledged is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    if (this.#isConnected) await disconnect(this.#producer);
  }

  #newProducer(): KafkaProducer {
    const producer = new this.#module.Producer({
      ...this.#config,
      'enable.idempotence': true,
      acks: 'all',
      'enable.gapless.guarantee': true,
      'message.timeout.ms': 0,
      dr_cb: true,
    });
    producer.on('event.error', (error) => {
      this.#onError(error);
      if (isFatal(error)) this.#renew(producer);
    });
    producer.on('delivery-report', (error, { opaque }) => {
      if (producer !== this.#producer) return;
      if (error) {
        this.#onError(error);
        this.#renew(producer);
        return;
      }
      this.#unacknowledged.delete(opaque as number);
      this.#produce();
    });
    producer.connect({ timeout: CONNECT }, (error) => {
      if (producer !== this.#producer || this.#isClosed) return;
      if (error) {
        this.#onError(error);
        // One that has not connected is of no use any more.
        this.#retry = setTimeout(() => {
          this.#renew(producer);
        }, RETRY_AFTER);
        return;
      }
      producer.setPollInBackground(true);
      this.#isConnected = true;
      this.#connected();
      this.#produce();
    });
    return producer;
  }

  #produce(): void {
    while (this.#next <= this.#last && this.#isConnected && !this.#isClosed) {
      const next = this.#unacknowledged.get(this.#next);
      try {
        // Absent: its log is there no more.
        if (next !== undefined) this.#hand(next);
      } catch (error) {
        if ((error as KafkaError).code === QUEUE_FULL) return;
        this.#onError(error as Error);
        this.#renew(this.#producer);
        return;
      }
      this.#next += 1;
    }
  }

  #hand({ log, record: { key, value, headers } }: Unacknowledged): void {
    this.#producer.produce(log, 0, value, key, null, this.#next, headers);
  }

  /** Has another producer send all that is not acknowledged. */
  #renew(failed: KafkaProducer): void {
    if (failed !== this.#producer || this.#isClosed) return;
    const wasConnected = this.#isConnected;
    this.#isConnected = false;
    this.#producer = this.#newProducer();
    if (wasConnected) void disconnect(failed);
    const [first] = this.#unacknowledged.keys();
    this.#next = first ?? this.#last + 1;
    this.#produce();
  }
}

function isFatal({ code, message }: KafkaError): boolean {
  return code === FATAL || /gap-less|fatal/i.test(message);
}

function disconnect(producer: KafkaProducer): Promise<void> {
  return new Promise((resolve) => {
    producer.disconnect(DISCONNECT, () => {
      resolve();
    });
  });
}
