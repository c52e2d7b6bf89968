import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { atEnd, type TestHub } from '../../support/test-hub';

/** A bare socket to a server. It ends with the test. */
export async function openSocket(hub: TestHub): Promise<Socket> {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  atEnd(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** All a socket receives until the server ends it. */
export async function received(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
