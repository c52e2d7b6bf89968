import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pino } from 'pino';
import {
  createHubServer,
  defineHub,
  HubException,
  type HubServerSettings,
  method,
  streamMethod,
} from '../../src/signalr';
import { stockClient } from './support/stock-client';
import { listen, urlOf } from './support/hub-servers';

/** As an application has it that uses no types. */
interface Broken {
  readonly name?: string;
}

const hub = defineHub({
  Throw: method([], () => {
    throw new TypeError('the cupboard is bare');
  }),
  Reject: method(['json'], async () => Promise.reject(new RangeError('too far', { cause: new Error('no map') }))),
  Slip: method([], () => (undefined as unknown as Broken).name),
  ThrowText: method([], () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- JavaScript throws anything
    throw 'just a text';
  }),
  Break: streamMethod([], function* () {
    yield 1;
    throw new Error('stream broke');
  }),
  Forge: method(['string'], (_, text) => {
    throw new Error(text);
  }),
  Refuse: method([], () => {
    throw new HubException('not for you');
  }),
  Fine: method([], () => 1),
});

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  jest.restoreAllMocks();
});

/** What is written to stderr from now on. */
function watchStderr(): () => string {
  let text = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((piece: unknown, done: unknown) => {
    text += String(piece);
    if (typeof done === 'function') (done as () => void)();
    return true;
  });
  return () => text;
}

/** A stock client of the hub at /chat. */
async function connect(settings: HubServerSettings = {}) {
  const server = createHubServer(hub, settings);
  const http = await listen(server.handler);
  server.attach(http, '/chat');
  const connection = stockClient(`${urlOf(http)}/chat`);
  await connection.start();
  ends.push(async () => {
    await connection.stop();
    await server.close({ timeout: 1 });
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  return connection;
}

describe('without a logger', () => {
  it.each([
    ['Throw', [], 'TypeError: the cupboard is bare'],
    ['Reject', [1], 'RangeError: too far'],
    ['Slip', [], "TypeError: Cannot read properties of undefined (reading 'name')"],
    ['ThrowText', [], "'just a text'"],
  ] as const)('what %s throws is seen on stderr, and the client is told nothing', async (target, args, text) => {
    const written = watchStderr();
    const connection = await connect();
    await expect(connection.invoke(target, ...args)).rejects.toThrow(
      new RegExp(`An unexpected error occurred invoking '${target}' on the server\\.$`),
    );
    const [line = '', ...below] = written().split('\n');
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z error signalr: hub method failed /);
    const id = connection.connectionId ?? '';
    expect(line).toContain(`(hub /chat, connection ${id}, method ${target}): ${text}`);
    if (target !== 'ThrowText') expect(below.join('\n')).toContain('logging.test.ts');
    if (target === 'Reject') expect(written()).toContain('Error: no map');
  });

  it('a stream that breaks is seen, too', async () => {
    const written = watchStderr();
    const connection = await connect();
    const error = await new Promise<Error>((resolve) => {
      connection.stream('Break').subscribe({ next: () => undefined, complete: () => undefined, error: resolve });
    });
    expect(error.message).toBe('An error occurred on the server while streaming results.');
    expect(written()).toContain('method Break): Error: stream broke');
  });

  it('text from a client neither begins a line nor steers a terminal', async () => {
    const written = watchStderr();
    const connection = await connect();
    const forged = 'x\n2026-01-01T00:00:00.000Z error signalr: forged\u001b[2J\u0007\r\u2028';
    await expect(connection.invoke('Forge', forged)).rejects.toThrow();
    expect(
      written()
        .split('\n')
        .filter((line) => line.startsWith('20')),
    ).toHaveLength(1);
    expect(written()).toContain('forged\\x1b[2J\\x07\\x0d\\x2028');
  });

  it('what is refused on purpose, and what works, is not worth a line', async () => {
    const written = watchStderr();
    const connection = await connect();
    await expect(connection.invoke('Refuse')).rejects.toThrow('HubException: not for you');
    await expect(connection.invoke('Missing')).rejects.toThrow('Method does not exist.');
    expect(await connection.invoke('Fine')).toBe(1);
    expect(written()).toBe('');
  });
});

describe('stderr that nobody reads', () => {
  it('does not end the process', async () => {
    const script = `
      const { StderrLogger } = require('./src/signalr/logger');
      const logger = new StderrLogger(() => '/chat');
      process.stdin.once('data', () => {
        let lines = 0;
        const timer = setInterval(() => {
          logger.error({ err: new Error('x') }, 'hub method failed');
          logger.error({}, 'hub method failed');
          if (++lines < 20) return;
          clearInterval(timer);
          process.stdin.destroy();
          console.log('survived', process.stderr.listenerCount('error'));
        });
      });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--eval', script], { stdio: 'pipe' });
    child.stderr.destroy();
    child.stdin.write('go');
    let printed = '';
    child.stdout.on('data', (piece) => (printed += String(piece)));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, printed]).toEqual([0, 'survived 1\n']);
  });
});

describe('logger', () => {
  it('false silences', async () => {
    const written = watchStderr();
    const connection = await connect({ logger: false });
    await expect(connection.invoke('Throw')).rejects.toThrow();
    expect(written()).toBe('');
  });

  it('may be a pino logger as it is', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const connection = await connect({ logger });
    await expect(connection.invoke('Throw')).rejects.toThrow();
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed.find(({ msg }) => msg === 'hub method failed')).toMatchObject({
      level: 50,
      connectionId: connection.connectionId,
      target: 'Throw',
      err: { type: 'TypeError', message: 'the cupboard is bare' },
    });
  });

  it('may be the console as it is', async () => {
    const error = jest.spyOn(console, 'error').mockReturnValue();
    const debug = jest.spyOn(console, 'debug').mockReturnValue();
    const connection = await connect({ logger: console });
    await expect(connection.invoke('Throw')).rejects.toThrow();
    expect(error.mock.calls).toEqual([[expect.objectContaining({ target: 'Throw' }), 'hub method failed']]);
    expect(debug).toHaveBeenCalled();
  });

  it.each([true, null, 'stderr', 0, {}, { error: () => undefined }])('%p is refused', (logger) => {
    expect(() => createHubServer(hub, { logger: logger as false })).toThrow(
      "createHubServer: option 'logger' must be false, or have the methods debug, info, warn, error",
    );
  });
});
