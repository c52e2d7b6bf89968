import { createRequire } from 'node:module';
import path from 'node:path';
import type { RedisBackplaneOptions } from '../../../src/signalr/redis';

/** The client libraries of test/redis/package.json. */
export const LIBRARIES = ['redis-4', 'redis-5', 'redis-6', 'ioredis-5', 'ioredis-6'] as const;

export type LibraryName = (typeof LIBRARIES)[number];

/** What is used of a client, besides what a backplane uses. */
interface Client {
  connect(): Promise<unknown>;
  disconnect(): unknown;
}

interface NodeRedis {
  createClient(options: object): Client;
}

interface IoRedis {
  readonly Redis: new (options: object) => Client;
}

/** Between two attempts to connect again, in milliseconds. */
const RETRY_DELAY = 50;

const load = createRequire(path.join(__dirname, '../package.json'));

/** Where a library lies. @throws Error when it is not installed. */
export function resolveLibrary(name: LibraryName): string {
  return load.resolve(name);
}

/** A client that connects, now or when there is a server. What it is told of errors is up to the backplane. */
export function createRedisClient(name: LibraryName, port: number, options: object = {}): Client {
  if (name.startsWith('ioredis')) {
    const { Redis } = load(name) as IoRedis;
    return new Redis({ port, host: '127.0.0.1', retryStrategy: () => RETRY_DELAY, ...options });
  }
  const library = load(name) as NodeRedis;
  const socket = { reconnectStrategy: () => RETRY_DELAY };
  const client = library.createClient({ url: `redis://127.0.0.1:${port}`, socket, ...options });
  // Without one there would be no backplane yet to listen to the errors of its first attempts.
  queueMicrotask(() => {
    client.connect().catch(() => undefined);
  });
  return client;
}

/** A publisher and a subscriber. That they fit is what another test is about. */
export function createClients(
  name: LibraryName,
  port: number,
): Pick<RedisBackplaneOptions, 'publisher' | 'subscriber'> {
  const [publisher, subscriber] = [createRedisClient(name, port), createRedisClient(name, port)] as unknown[];
  return { publisher, subscriber } as Pick<RedisBackplaneOptions, 'publisher' | 'subscriber'>;
}
