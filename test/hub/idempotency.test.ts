import { TestHub } from '../support/test-hub';

const EVENT = [{ id: 'a', timestamp: 2_700_000_000_000_000 }];

describe('SendEventData with {idempotencyKey}', () => {
  it('stores events once, over whatever door and connection they come', async () => {
    const hub = await TestHub.start();
    const connections = [await hub.connect(), await hub.connect()];
    const sends = connections.flatMap((connection) =>
      [1, 2, 3].map(() => connection.invoke('SendEventData', 'cars', 'car-1', EVENT, { idempotencyKey: 'k' })),
    );
    expect(await Promise.all(sends)).toEqual(Array.from({ length: 6 }, () => null));
    const posted = await hub.post('/topics/cars/streams/car-1/events/data', EVENT, { 'idempotency-key': 'k' });
    expect(posted.status).toBe(200);
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"eventCount":1');
  });

  it.each([
    [
      'other events',
      [{ id: 'a', timestamp: 2_700_000_000_000_001 }],
      { idempotencyKey: 'k' },
      /idempotency_mismatch: /,
    ],
    ['an empty key', EVENT, { idempotencyKey: '' }, /invalid_idempotency_key: the idempotency key is empty/],
    ['an option there is not', EVENT, { retries: 3 }, /invalid_query: the options are not \{idempotencyKey, strict\}/],
  ])('refuses %s', async (_, events, options, message) => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    await connection.invoke('SendEventData', 'cars', 'car-1', EVENT, { idempotencyKey: 'k' });
    await expect(connection.invoke('SendEventData', 'cars', 'car-1', events, options)).rejects.toThrow(message);
  });

  it.each([[[]], [[null]], [[{}]]])('stores events each time with %j behind them', async (rest) => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    for (let times = 0; times < 2; times++) await connection.invoke('SendEventData', 'cars', 'car-1', EVENT, ...rest);
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"eventCount":2');
  });
});
