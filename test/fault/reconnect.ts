// Cuts the sockets of clients with stateful reconnect under load, in the middle of messages in both directions: every
// invocation must be executed once, in order, and answered once, and every call of the server must arrive once, in
// order.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { type HubConnection, HubConnectionBuilder, HttpTransportType, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { Random } from '../../bench/support/random';
import { positive, print, runScript } from '../../bench/support/script';
import { createHubServer, defineHub, method } from '../../src/signalr';
import { CuttingProxy } from '../conformance/support/cutting-proxy';

const CLIENTS = 4;
const IN_FLIGHT = 16;
/** A socket is cut after a random number of bytes from the server, between these two. */
const [SHORTEST, LONGEST] = [200, 20_000];

/** A client that counts what it sent and what became of it. */
class Writer {
  sent = 0;
  answered = 0;
  /** The numbers in the order the server executed them, and in the order its calls arrived at the client. */
  readonly executed: number[] = [];
  readonly received: number[] = [];
  fault: string | undefined;
  #stopping = false;
  readonly #connection: HubConnection;

  constructor(
    readonly name: string,
    connection: HubConnection,
  ) {
    this.#connection = connection;

    connection.on('Done', (number: number) => {
      this.received.push(number);
    });
    connection.onclose((error) => {
      if (!this.#stopping) this.fault ??= `closed: ${error?.message ?? 'no reason'}`;
    });
  }

  /** Keeps invocations in flight for as long as it may. */
  async write(mayGoOn: () => boolean): Promise<void> {
    await this.#connection.start();
    const lane = async (): Promise<void> => {
      while (mayGoOn() && this.fault === undefined) {
        const number = this.sent++;
        const answer = await this.#connection.invoke<number>('Execute', this.name, number);
        if (answer === number) this.answered++;
        else this.fault ??= `${number} was answered with ${answer}`;
      }
    };
    try {
      await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    } catch (error) {
      this.fault ??= error instanceof Error ? error.message : String(error);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.fault ??= this.#findings();
    await this.#connection.stop();
  }

  #findings(): string | undefined {
    const { sent, answered, executed, received } = this;
    if (answered !== sent) return `${sent} sent, ${answered} answered`;
    for (const [what, numbers] of Object.entries({ executed, received })) {
      if (numbers.length !== sent) return `${sent} sent, ${numbers.length} ${what}`;
      const wrong = numbers.findIndex((number, index) => number !== index);
      if (wrong !== -1) return `${numbers[wrong] ?? ''} was ${what} in the place of ${wrong}`;
    }
    return undefined;
  }
}

function build(url: string, index: number): HubConnection {
  const builder = new HubConnectionBuilder()
    .withUrl(url, { transport: HttpTransportType.WebSockets })
    .withStatefulReconnect()
    .configureLogging(LogLevel.None);
  return (index % 2 === 0 ? builder : builder.withHubProtocol(new MessagePackHubProtocol())).build();
}

/** Cuts a socket after a random number of bytes. The first bytes, the response to the upgrade, always get through. */
function cutAtRandom(random: Random, enough: () => boolean): (delivered: number, length: number) => number | undefined {
  let limit = 0;
  return (delivered, length) => {
    if (delivered === 0) limit = length + random.between(SHORTEST, LONGEST);
    if (enough() || delivered + length <= limit) return undefined;
    return Math.max(0, limit - delivered);
  };
}

async function reconnect(cuts: number, seed: number): Promise<boolean> {
  const writers = new Map<string, Writer>();
  const hub = defineHub({
    Execute: method(['string', 'number'], ({ caller }, name, number) => {
      writers.get(name)?.executed.push(number);
      void caller.send('Done', number);
      return number;
    }),
  });
  const server = createHubServer(hub, { allowStatefulReconnects: true, maximumParallelInvocations: IN_FLIGHT });
  const http = createServer(server.handler);
  server.attach(http, '/hub');
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  const proxies: CuttingProxy[] = [];
  const cutSoFar = (): number => proxies.reduce((sum, proxy) => sum + proxy.cuts, 0);
  const enough = (): boolean => cutSoFar() >= cuts;
  for (let index = 0; index < CLIENTS; index++) {
    const proxy = await CuttingProxy.start(port, cutAtRandom(new Random(seed + index), enough));
    proxies.push(proxy);
    const name = `writer-${index}`;
    writers.set(name, new Writer(name, build(proxy.through(`http://127.0.0.1:${port}/hub`), index)));
  }
  const start = performance.now();
  const all = [...writers.values()];
  await Promise.all(all.map((writer) => writer.write(() => !enough())));
  const seconds = (performance.now() - start) / 1000;
  const cut = cutSoFar();
  for (const writer of all) await writer.stop();
  await server.close();
  for (const proxy of proxies) await proxy.close();
  http.closeAllConnections();
  http.close();

  const sum = (count: (writer: Writer) => number): number => all.reduce((total, writer) => total + count(writer), 0);
  print(`${cut} sockets of ${CLIENTS} clients cut in ${seconds.toFixed(1)} s (seed ${seed})`);
  print(`invocations sent ${sum(({ sent }) => sent)}, executed ${sum(({ executed }) => executed.length)}`);
  print(`answered ${sum(({ answered }) => answered)}, calls received ${sum(({ received }) => received.length)}`);
  for (const { name, fault } of all) if (fault !== undefined) print(`FAULT ${name}: ${fault}`);
  return cut >= cuts && all.every(({ fault }) => fault === undefined);
}

void runScript(5 * 60_000, async () => {
  const { values } = parseArgs({
    options: { cuts: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
  });
  const kept = await reconnect(positive('cuts', values.cuts), positive('seed', values.seed));
  print(kept ? 'every invocation was executed once, in order, and answered' : 'FAILED');
  return kept;
});
