import type { Backplane, BackplaneLink, BackplaneListener } from './backplane';
import { isReady, redisChannels, type RedisChannels, type RedisPublisher, type RedisSubscriber } from './redis-clients';

/** Options of `createRedisBackplane`. */
export interface RedisBackplaneOptions {
  /** A client of node-redis (4 or later) or ioredis. It may be used for other commands too. */
  readonly publisher: RedisPublisher;
  /** Another one, which is used for subscriptions alone: `publisher.duplicate()`. */
  readonly subscriber: RedisSubscriber;
  /** What the names of channels begin with: one for each hub. Default: `signalr`. */
  readonly prefix?: string;
  /**
   * How many bytes may be on their way to Redis; what is published beyond that is lost, and counted. Default 16 MiB.
   */
  readonly maximumPendingBytes?: number;
}

type Resolved = Required<RedisBackplaneOptions>;

const MEBIBYTE = 1024 * 1024;
const PENDING_MEBIBYTES = 16;

/** Events after which a client may be ready, or not be any more. */
const STATE_EVENTS = ['ready', 'error', 'end', 'close', 'reconnecting'] as const;

/**
 * A backplane on the publish and subscribe commands of one Redis, through clients that the application has made.
 * Whether they are connected yet does not matter; that they connect again is their business. They are not closed.
 * @throws TypeError that names the option with a wrong value.
 */
export function createRedisBackplane(options: RedisBackplaneOptions): Backplane {
  const resolved = { prefix: 'signalr', maximumPendingBytes: PENDING_MEBIBYTES * MEBIBYTE, ...options };
  checkOptions(resolved);
  // Without a listener for errors, the first lost socket would end the process.
  for (const client of [resolved.publisher, resolved.subscriber]) client.on('error', () => undefined);
  return { connect: (listener) => new RedisLink(resolved, listener) };
}

class RedisLink implements BackplaneLink {
  readonly #options: Resolved;
  readonly #listener: BackplaneListener;
  readonly #channels: RedisChannels;
  #pendingBytes = 0;
  #up = false;
  #closed = false;

  constructor(options: Resolved, listener: BackplaneListener) {
    this.#options = options;
    this.#listener = listener;
    this.#channels = redisChannels(options.subscriber, (message) => {
      listener.onFrame(message);
    });
    for (const client of [options.publisher, options.subscriber]) {
      for (const event of STATE_EVENTS) client.on(event, this.#onStateEvent);
    }
    // Not within the call: whoever connects has not got the link yet.
    queueMicrotask(() => {
      this.#check(undefined);
    });
  }

  publish(channel: string, frame: Uint8Array): boolean {
    const { publisher, maximumPendingBytes } = this.#options;
    if (this.#closed || !isReady(publisher) || this.#pendingBytes + frame.length > maximumPendingBytes) return false;
    this.#pendingBytes += frame.length;
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    publisher.publish(this.#named(channel), bytes).then(
      () => {
        this.#pendingBytes -= frame.length;
      },
      (error: unknown) => {
        this.#pendingBytes -= frame.length;
        if (!this.#closed) this.#listener.onLost(asError(error));
      },
    );
    return true;
  }

  subscribe(channel: string): Promise<unknown> {
    return this.#channels.subscribe(this.#named(channel));
  }

  unsubscribe(channel: string): Promise<unknown> {
    return this.#channels.unsubscribe(this.#named(channel));
  }

  close(): void {
    this.#closed = true;
    this.#channels.close();
    for (const client of [this.#options.publisher, this.#options.subscriber]) {
      for (const event of STATE_EVENTS) client.off(event, this.#onStateEvent);
    }
  }

  readonly #onStateEvent = (reason?: unknown): void => {
    this.#check(reason === undefined ? undefined : asError(reason));
  };

  #check(reason: Error | undefined): void {
    const { publisher, subscriber } = this.#options;
    const up = isReady(publisher) && isReady(subscriber);
    if (this.#closed || up === this.#up) return;
    this.#up = up;
    if (up) this.#listener.onUp();
    else this.#listener.onDown(reason);
  }

  #named(channel: string): string {
    return `${this.#options.prefix}:${channel}`;
  }
}

function checkOptions({ publisher, subscriber, prefix, maximumPendingBytes }: Resolved): void {
  if (!isClient(publisher, 'publish')) refuse('publisher', 'must be a client of node-redis or ioredis');
  if (!isClient(subscriber, 'subscribe')) refuse('subscriber', 'must be a client of node-redis or ioredis');
  if ((publisher as object) === subscriber) {
    refuse('subscriber', 'must be another client than the publisher: publisher.duplicate()');
  }
  if (typeof prefix !== 'string' || prefix === '') refuse('prefix', 'must be a text');
  if (!(maximumPendingBytes > 0)) refuse('maximumPendingBytes', 'must be a positive number of bytes');
}

function isClient(value: unknown, command: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const client = value as Record<string, unknown>;
  const functions = [command, 'on', 'off'].every((name) => typeof client[name] === 'function');
  return functions && ('isReady' in client || 'status' in client);
}

function refuse(name: string, rule: string): never {
  throw new TypeError(`createRedisBackplane: option '${name}' ${rule}`);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
