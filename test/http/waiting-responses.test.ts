import { once } from 'node:events';
import { bearerOf, TestHub } from '../support/test-hub';
import { openSocket } from './support/open-socket';

const BEARER = bearerOf('alice').authorization;

const get = (target: string, accept: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: ${BEARER}\r\nAccept: ${accept}\r\n\r\n`;
const LIVE = get('/topics/cars/events', 'text/event-stream');
const PAGE = get('/topics/cars/events/data', 'application/json');

async function gauge(hub: TestHub, name: string): Promise<number> {
  return Number(new RegExp(`^writer_hub_${name} (.*)$`, 'm').exec(await hub.read('/metrics'))?.[1]);
}

async function until(hub: TestHub, name: string, holds: (value: number) => boolean): Promise<void> {
  while (!holds(await gauge(hub, name)));
}

describe('answers that wait behind another on their connection', () => {
  it.each([
    ['a topic', LIVE, 'followers'],
    ['a topic, in lines', get('/topics/cars/events/data?follow=true', 'application/x-ndjson'), 'followers'],
    ['a data source', get('/v0/datasources/shop/rows', 'text/event-stream'), 'followers'],
    ['topics', get('/topics', 'text/event-stream'), 'listing_readers'],
    ['streams', get('/topics/cars/streams', 'text/event-stream'), 'listing_readers'],
  ])('end when it goes: of those who follow %s', async (_, request, counted) => {
    const hub = await TestHub.start();
    await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'a', timestamp: 1 }]);
    await hub.post('/v0/events?name=shop', { item: 'a' });
    const socket = await openSocket(hub);
    socket.write(request.repeat(4));
    await until(hub, counted, (count) => count === 4);
    socket.destroy();
    await until(hub, counted, (count) => count === 0);
    await until(hub, 'held_bytes', (bytes) => bytes === 0);
  });

  it('let go of what they hold when it goes', async () => {
    const hub = await TestHub.start();
    const events = Array.from({ length: 4 }, () => ({ id: 'a', timestamp: 1, value: 'x'.repeat(200_000) }));
    await hub.post('/topics/cars/streams/car-1/events/data', events);
    const socket = await openSocket(hub);
    socket.write(LIVE + PAGE.repeat(3));
    await until(hub, 'held_bytes', (bytes) => bytes > 2_400_000);
    socket.destroy();
    await until(hub, 'held_bytes', (bytes) => bytes === 0);
  });

  it('come in the order of their requests', async () => {
    const hub = await TestHub.start();
    await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'first', timestamp: 1 }]);
    const socket = await openSocket(hub);
    socket.write(PAGE + get('/healthz', '*/*') + LIVE + PAGE);
    let text = '';
    while (!text.includes('caught-up')) text += String((await once(socket, 'data'))[0]);
    expect(text.match(/"id":"first"|"status":"\w+"|event: caught-up/g)).toEqual([
      '"id":"first"',
      '"status":"alive"',
      'event: caught-up',
    ]);
  });
});
