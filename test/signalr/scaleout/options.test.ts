import { EventEmitter } from 'node:events';
import { createHubServer, defineHub } from '../../../src/signalr';
import { createRedisBackplane, type RedisBackplaneOptions } from '../../../src/signalr/redis';
import { MemoryBackplane } from '../support/memory-backplane';

const KEY = 'k'.repeat(32);

/** A client of node-redis that is connected and publishes when it is told to. */
class FakeClient extends EventEmitter {
  isReady = true;
  readonly published: { readonly channel: string; readonly done: (error?: Error) => void }[] = [];

  publish(channel: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => {
        if (error === undefined) resolve();
        else reject(error);
      };
      this.published.push({ channel, done });
    });
  }

  subscribe(): Promise<void> {
    return Promise.resolve();
  }

  unsubscribe(): Promise<void> {
    return Promise.resolve();
  }
}

describe('createRedisBackplane', () => {
  const client = new FakeClient();

  it.each<[string, Partial<Record<keyof RedisBackplaneOptions, unknown>>]>([
    ["option 'publisher' must be a client of node-redis or ioredis", { publisher: undefined }],
    ["option 'publisher' must be a client of node-redis or ioredis", { publisher: 'redis://localhost' }],
    ["option 'publisher' must be a client of node-redis or ioredis", { publisher: new EventEmitter() }],
    ["option 'subscriber' must be a client of node-redis or ioredis", { subscriber: {} }],
    ["option 'subscriber' must be another client than the publisher: publisher.duplicate()", { subscriber: client }],
    ["option 'prefix' must be a text", { prefix: '' }],
    ["option 'maximumPendingBytes' must be a positive number of bytes", { maximumPendingBytes: 0 }],
  ])('says what is wrong: %s', (text, options) => {
    const create = (): unknown =>
      createRedisBackplane({ publisher: client, subscriber: new FakeClient(), ...options } as RedisBackplaneOptions);
    expect(create).toThrow(new TypeError(`createRedisBackplane: ${text}`));
  });

  it('listens for the errors of both clients, which would end the process', () => {
    const [publisher, subscriber] = [new FakeClient(), new FakeClient()];
    createRedisBackplane({ publisher, subscriber });
    for (const each of [publisher, subscriber]) expect(() => each.emit('error', new Error('lost'))).not.toThrow();
  });

  it('tells what was lost: beyond its bound at once, and what Redis has refused', async () => {
    const [publisher, subscriber] = [new FakeClient(), new FakeClient()];
    const lost: unknown[] = [];
    const states: string[] = [];
    const link = createRedisBackplane({ publisher, subscriber, maximumPendingBytes: 10, prefix: 'p' }).connect({
      onFrame: () => undefined,
      onUp: () => states.push('up'),
      onDown: () => states.push('down'),
      onLost: (error) => lost.push(error?.message),
    });
    expect(link.publish('a', new Uint8Array(6))).toBe(true);
    expect(link.publish('a', new Uint8Array(6))).toBe(false);
    publisher.published[0]!.done();
    await Promise.resolve();
    expect(link.publish('b', new Uint8Array(10))).toBe(true);
    publisher.published[1]!.done(new Error('no'));
    await new Promise(setImmediate);
    expect(lost).toEqual(['no']);
    expect(publisher.published.map(({ channel }) => channel)).toEqual(['p:a', 'p:b']);
    publisher.isReady = false;
    expect(link.publish('c', new Uint8Array(1))).toBe(false);
    publisher.emit('error', new Error('gone'));
    publisher.isReady = true;
    publisher.emit('ready');
    expect(states).toEqual(['up', 'down', 'up']);
    link.close();
    publisher.isReady = false;
    publisher.emit('end');
    expect(states).toHaveLength(3);
    expect(link.publish('c', new Uint8Array(1))).toBe(false);
  });
});

describe('createHubServer', () => {
  const backplane = new MemoryBackplane();

  it.each<[string, object]>([
    ["option 'backplane' must be one that createRedisBackplane makes, or have connect", { backplane: {} }],
    ["option 'forwarding' needs a backplane", { forwarding: { keys: [KEY] } }],
    ["option 'forwarding' must have keys: a list of secrets of 32 characters or more", { backplane, forwarding: {} }],
    [
      "option 'forwarding' must have keys: a list of secrets of 32 characters or more",
      { backplane, forwarding: { keys: [KEY, 'short'] } },
    ],
    [
      "option 'forwarding' must have an address that others reach, as '0.0.0.0' is none",
      { backplane, forwarding: { keys: [KEY], host: '0.0.0.0' } },
    ],
    ["option 'forwarding' must have a port from 0 to 65535", { backplane, forwarding: { keys: [KEY], port: 65_536 } }],
    [
      "option 'forwarding' must have an address of the form 'host:port'",
      { backplane, forwarding: { keys: [KEY], address: 'http://10.0.0.1:80/' } },
    ],
    ["option 'serverTimeout' must be a positive number of milliseconds", { serverTimeout: 0 }],
  ])('says what is wrong: %s', (text, options) => {
    expect(() => createHubServer(defineHub({}), options)).toThrow(new TypeError(`createHubServer: ${text}`));
  });
});
