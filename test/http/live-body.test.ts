import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { BodyChunk, LiveBody, PIECE_BYTES } from '../../src/http/live-body';

const SERVERS: Server[] = [];
const SOCKETS: Socket[] = [];

afterEach(() => {
  for (const socket of SOCKETS.splice(0)) socket.destroy();
  for (const server of SERVERS.splice(0)) server.close().closeAllConnections();
});

interface Asked<T> {
  readonly socket: Socket;
  readonly overdue: () => number;
  /** Resolves as the handler of the request does. */
  readonly answered: Promise<T>;
}

/** A socket to a server that answers each request with a body that goes on. */
async function ask<T>(
  requests: string,
  onBody: (body: LiveBody, response: ServerResponse) => Promise<T>,
  timeout = 60_000,
): Promise<Asked<T>> {
  let overdue = 0;
  const server = createServer();
  const answered = new Promise<T>((resolve, reject) => {
    server.on('request', (_, response) => {
      response.flushHeaders();
      const onOverdue = (): void => {
        overdue++;
      };
      onBody(new LiveBody(response, { timeout, onOverdue }), response).then(resolve, reject);
    });
  });
  SERVERS.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  SOCKETS.push(socket);
  socket.write(requests);
  return { socket, overdue: () => overdue, answered };
}

/** All that a server sends until it closes, each answer without its head. */
async function bodiesOf(socket: Socket): Promise<string[]> {
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  socket.resume();
  await once(socket, 'close');
  return text
    .split(/HTTP\/1\.1 200 OK\r\n/)
    .slice(1)
    .map((answer) => answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

const request = (version: string, last = true): string =>
  `GET / HTTP/${version}\r\nHost: a\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;

async function writeAll(body: LiveBody, ...texts: string[]): Promise<void> {
  for (const text of texts) for (const chunk of BodyChunk.of(text)) await body.write(chunk);
}

describe('a live body', () => {
  it('is sent in chunks to a caller of HTTP/1.1', async () => {
    const { socket } = await ask(request('1.1'), async (body, response) => {
      await writeAll(body, 'one', 'a longer chunk, of more than fifteen bytes', 'é');
      response.end('end');
    });
    expect(await bodiesOf(socket)).toEqual([
      '3\r\none\r\n2a\r\na longer chunk, of more than fifteen bytes\r\n2\r\n\xc3\xa9\r\n3\r\nend\r\n0\r\n\r\n',
    ]);
  });

  it('is sent as it is to a caller of HTTP/1.0, which knows no chunks', async () => {
    const { socket } = await ask(request('1.0'), async (body, response) => {
      await writeAll(body, 'one', 'two');
      response.end('end');
    });
    expect(await bodiesOf(socket)).toEqual(['onetwoend']);
  });

  it('comes after the answer to an earlier request of the same connection', async () => {
    const answers: [LiveBody, ServerResponse][] = [];
    const { socket } = await ask(request('1.1', false) + request('1.1'), async (body, response) => {
      answers.push([body, response]);
      if (answers.length < 2) return;
      const [[first, firstResponse], [second, secondResponse]] = answers as [
        [LiveBody, ServerResponse],
        [LiveBody, ServerResponse],
      ];
      await writeAll(second, '2a');
      await writeAll(first, '1a');
      firstResponse.end();
      await once(firstResponse, 'finish');
      await writeAll(second, '2b');
      secondResponse.end();
    });
    expect(await bodiesOf(socket)).toEqual(['2\r\n1a\r\n0\r\n\r\n', '2\r\n2a\r\n2\r\n2b\r\n0\r\n\r\n']);
  });

  it('waits for a caller that does not read, and goes on when it does', async () => {
    const text = 'x'.repeat(8 * PIECE_BYTES);
    let rounds = 0;
    let isStuck: () => void;
    const stuck = new Promise<void>((resolve) => (isStuck = resolve));
    const { socket, overdue } = await ask(request('1.1'), async (body, response) => {
      while (rounds++ < 24) {
        const written = writeAll(body, text);
        // What the system buffers is used up, and nothing of this was taken for some turns.
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        if (body.isWaiting) isStuck();
        await written;
      }
      response.end();
    });
    socket.pause();
    await stuck;
    const [body] = await bodiesOf(socket);
    expect(body?.match(/x/g)).toHaveLength(24 * text.length);
    expect(overdue()).toBe(0);
  });

  it('ends when its caller takes nothing for too long', async () => {
    const { socket, overdue, answered } = await ask(
      request('1.1'),
      async (body, response) => {
        while (!response.closed) await writeAll(body, 'x'.repeat(8 * PIECE_BYTES));
      },
      50,
    );
    socket.pause();
    await answered;
    expect(overdue()).toBe(1);
  });

  it.each([
    ['before it is written to', 0],
    ['while it waits', 200],
  ])('is over when its caller goes %s', async (_, chunks) => {
    const { socket, overdue, answered } = await ask(request('1.1'), async (body, response) => {
      const writing = writeAll(body, 'x'.repeat(chunks * PIECE_BYTES));
      socket.destroy();
      await once(response, 'close');
      await writing;
      await writeAll(body, 'nobody is told');
      return body.isWaiting;
    });
    socket.pause();
    expect(await answered).toBe(false);
    expect(overdue()).toBe(0);
  });
});
