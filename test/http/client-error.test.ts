import { once } from 'node:events';
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { answerClientErrors } from '../../src/http/client-error';
import { OriginPolicy } from '../../src/http/origins';
import { SharedHub } from '../support/shared-hub';
import { atEnd } from '../support/test-hub';
import { openSocket, received } from './support/open-socket';

const shared = new SharedHub();

const LONG = `X: ${'x'.repeat(40_000)}\r\n`;

describe('a request that cannot be read', () => {
  it.each([
    ['a target that is not ASCII', 'GET /topics/ünï HTTP/1.1\r\nHost: a\r\n\r\n', 400, /percent-encoded/],
    ['no HTTP at all', 'hello\r\n\r\n', 400, /^the request is not HTTP\/1\.1: /],
    ['long headers', `GET /topics HTTP/1.1\r\nHost: a\r\n${LONG}\r\n`, 431, /longer than \d+ bytes/],
  ])('is told so: %s', async (_, text, status, detail) => {
    const socket = await openSocket(await shared.hub());
    socket.write(text);
    const [head = '', body = ''] = (await received(socket)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('Connection: close');
    expect(head).toContain('Content-Type: application/problem+json');
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toMatchObject({
      type: 'about:blank',
      status,
      detail: expect.stringMatching(detail) as string,
    });
  });

  it.each([
    ['/v0/events?name=ünï', '', 400],
    ['http://hub/v0/events?name=ünï', '', 400],
    ['/v0/sql', LONG, 431],
  ])('is told so as the Events API tells errors for %s', async (target, headers, status) => {
    const socket = await openSocket(await shared.hub());
    socket.write(`POST ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
    const [head = '', body = ''] = (await received(socket)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('Content-Type: application/json');
    expect(JSON.parse(body)).toEqual({
      error: expect.stringMatching(/./) as string,
      documentation: '/docs/events-api',
    });
  });

  it('gets its answer although much is sent behind it', async () => {
    const socket = await openSocket(await shared.hub());
    socket.write(`POST /ü HTTP/1.1\r\nHost: a\r\n\r\n${'x'.repeat(2_000_000)}`);
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 400 [^]*\}$/);
  });

  it('is answered behind a request that was', async () => {
    const socket = await openSocket(await shared.hub());
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'readable');
    socket.write('GET /ü HTTP/1.1\r\nHost: a\r\n\r\n');
    const answers = await received(socket);
    expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });
});

describe('a request that has been answered', () => {
  async function listen(server: Server): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  it('is let go, and with it its body, although its connection stays open', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    let answered: WeakRef<object> | undefined;
    const server = createServer((request, response) => {
      answered = new WeakRef(request);
      response.end();
    });
    answerClientErrors(server, new OriginPolicy([]));
    const agent = new Agent({ keepAlive: true });
    atEnd(() => {
      agent.destroy();
      server.close();
    });
    const port = await listen(server);
    await new Promise((resolve) => {
      get({ port, agent }, (response) => response.resume().once('end', resolve));
    });
    while (answered?.deref() !== undefined) {
      await turn();
      collect();
    }
    expect(Object.keys(agent.freeSockets)).toHaveLength(1);
  });
});
