/** A listener for events of a client, whatever they bring. */
type Listener = (...args: unknown[]) => void;

/** Whatever tells of its events. */
interface EventSource {
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

interface Publishing {
  publish(channel: string, message: Buffer): Promise<unknown>;
}

/** How a client of node-redis (`redis`, version 4 or later) tells whether it is connected. */
interface NodeRedisState {
  readonly isReady: boolean;
}

/** How a client of `ioredis` tells whether it is connected. */
interface IoRedisState {
  readonly status: string;
}

/** A connected client of node-redis or ioredis that publishes. */
export type RedisPublisher = EventSource & Publishing & (NodeRedisState | IoRedisState);

/** A client of node-redis that is used for nothing but subscriptions. */
export interface NodeRedisSubscriber extends EventSource, NodeRedisState {
  subscribe(
    channel: string,
    listener: (message: Buffer, channel: Buffer) => unknown,
    bufferMode: true,
  ): Promise<unknown>;
  unsubscribe(
    channel: string,
    listener: (message: Buffer, channel: Buffer) => unknown,
    bufferMode: true,
  ): Promise<unknown>;
}

/** A client of ioredis that is used for nothing but subscriptions. */
export interface IoRedisSubscriber extends EventSource, IoRedisState {
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
}

/** A client that is used for nothing but subscriptions. */
export type RedisSubscriber = NodeRedisSubscriber | IoRedisSubscriber;

/** Whether commands that are given to a client are sent now, rather than kept until it is connected. */
export function isReady(client: NodeRedisState | IoRedisState): boolean {
  return 'isReady' in client ? client.isReady : client.status === 'ready';
}

/** The channels that one backplane has subscribed to, whatever library the client is of. */
export interface RedisChannels {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  close(): void;
}

/** Subscribes through a client. `onMessage` is called for the messages of the channels subscribed to here. */
export function redisChannels(subscriber: RedisSubscriber, onMessage: (message: Buffer) => void): RedisChannels {
  return 'isReady' in subscriber ? nodeRedisChannels(subscriber, onMessage) : ioRedisChannels(subscriber, onMessage);
}

function nodeRedisChannels(subscriber: NodeRedisSubscriber, onMessage: (message: Buffer) => void): RedisChannels {
  let closed = false;
  // The library tells listeners apart: this one is its own.
  const listener = (message: Buffer): void => {
    if (!closed) onMessage(message);
  };
  return {
    subscribe: (channel) => subscriber.subscribe(channel, listener, true),
    unsubscribe: (channel) => subscriber.unsubscribe(channel, listener, true),
    close: () => {
      closed = true;
    },
  };
}

function ioRedisChannels(subscriber: IoRedisSubscriber, onMessage: (message: Buffer) => void): RedisChannels {
  const channels = new Set<string>();
  // The library tells everybody of the messages of all channels.
  const listener = (...event: unknown[]): void => {
    const [channel, message] = event as [channel: Buffer, message: Buffer];
    if (channels.has(channel.toString())) onMessage(message);
  };
  subscriber.on('messageBuffer', listener);
  return {
    subscribe: (channel) => {
      channels.add(channel);
      return subscriber.subscribe(channel);
    },
    unsubscribe: (channel) => {
      channels.delete(channel);
      return subscriber.unsubscribe(channel);
    },
    close: () => {
      subscriber.off('messageBuffer', listener);
    },
  };
}
