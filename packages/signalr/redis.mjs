// The same code as for `require`, under the name that `import` knows.
import redis from './dist/redis.js';

export const { createRedisBackplane } = redis;
