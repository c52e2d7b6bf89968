import { once } from 'node:events';
import { connect } from 'node:net';
import { TestHub, atEnd, bearerOf } from '../support/test-hub';

function requestOf(authorization: string, body: string): string {
  const head = [
    'POST /topics/cars/streams/car-1/events/data HTTP/1.1',
    'Host: x',
    `Authorization: ${authorization}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Sends bytes over a socket of its own, and counts the answers that come back. */
async function send(
  hub: TestHub,
  bytes: string,
): Promise<{ answers: number; until: (count: number) => Promise<void> }> {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  atEnd(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  const sent = { answers: 0, until };
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    sent.answers = text.split('HTTP/1.1 200').length - 1;
    socket.emit('counted');
  });
  async function until(count: number): Promise<void> {
    while (sent.answers < count) await once(socket, 'counted');
  }
  socket.write(bytes);
  return sent;
}

describe('requests that come all at once', () => {
  it.each([
    // So many that there are some left when what is asked meanwhile has come through.
    ['small ones', 1000, 'x'],
    ['ones with bodies that take their time', 60, 'x'.repeat(20_000)],
  ])('are begun in turns by subject: %s', async (_, requests, value) => {
    const hub = await TestHub.start();
    const body = JSON.stringify([{ id: 'a', timestamp: 1, value }]);
    const [ofGreedy, ofModest] = ['greedy', 'modest'].map((name) => requestOf(bearerOf(name).authorization, body));
    for (const request of [ofGreedy!, ofModest!]) await (await send(hub, request)).until(1);
    // From now on every turn of the event loop is over once one request has been begun.
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 100));

    const greedy = await send(hub, ofGreedy!.repeat(requests));
    await greedy.until(1);
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_waiting_work [1-9]/m);
    const modest = await send(hub, ofModest!);
    await modest.until(1);
    expect(greedy.answers).toBeLessThan(requests);
    await greedy.until(requests);
    const stream = await (await hub.fetch('/topics/cars/streams/car-1')).json();
    expect(stream).toMatchObject({ eventCount: requests + 3 });
  });
});

describe('large bodies that come all at once', () => {
  it('are received whole, in turns', async () => {
    const hub = await TestHub.start();
    const value = 'x'.repeat(300_000);
    const requests = ['one', 'two', 'three'].map((name) =>
      requestOf(bearerOf(name).authorization, JSON.stringify([{ id: name, timestamp: 1, value }])),
    );
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    const senders = await Promise.all(requests.map((request) => send(hub, request)));
    await Promise.all(senders.map((sender) => sender.until(1)));
    const page = await hub.read('/topics/cars/streams/car-1/events/data');
    const { events } = JSON.parse(page) as { events: { id: string; value: string }[] };
    expect(events.map(({ id }) => id).toSorted()).toEqual(['one', 'three', 'two']);
    expect(events.every((event) => event.value === value)).toBe(true);
  });
});
