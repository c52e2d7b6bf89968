/** A backplane on Redis, for a SignalR server of several processes. */
export { createRedisBackplane } from './scaleout/redis-backplane';
export type { RedisBackplaneOptions } from './scaleout/redis-backplane';
export type { RedisPublisher, RedisSubscriber } from './scaleout/redis-clients';
