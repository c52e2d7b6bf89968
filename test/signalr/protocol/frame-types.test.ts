import { once } from 'node:events';
import { WebSocket } from 'ws';
import { defineHub } from '../../../src/signalr';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

describe('WebSocket messages', () => {
  it.each([
    ['text', 'json', false],
    ['binary', 'messagepack', true],
  ])('are %s in %s', async (_, protocol, binary) => {
    const { url, server } = await hubs.run(defineHub({}), {});
    const socket = new WebSocket(url.replace('http', 'ws'));
    await once(socket, 'open');
    socket.send(`{"protocol":"${protocol}","version":1}\x1e`);
    const types = [(await once(socket, 'message'))[1]];
    void server.clients.all.send('Hello', 1);
    types.push((await once(socket, 'message'))[1]);
    expect(types).toEqual([binary, binary]);
    socket.terminate();
  });
});
