import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { type TestHub, token } from '../../support/test-hub';

const EVENTS = '/topics/cars/streams/car-1/events/data';

/** Does some of everything with a server, again and again, until it is stopped. */
export class Load {
  #stopped = false;
  readonly #hub: TestHub;
  readonly #connection: HubConnection;
  readonly #reading = new AbortController();
  #ended: Promise<unknown> = Promise.resolve();

  private constructor(hub: TestHub, connection: HubConnection) {
    this.#hub = hub;
    this.#connection = connection;
  }

  static async start(hub: TestHub): Promise<Load> {
    const bearer = token('admin');
    const connection = new HubConnectionBuilder()
      .withUrl(`${hub.url}/hub`, { accessTokenFactory: () => bearer, transport: HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None)
      .build();
    await connection.start();
    const load = new Load(hub, connection);
    await hub.post(EVENTS, [{ id: 'a', timestamp: 1 }]);
    load.#ended = Promise.all([load.#read(), load.#work()]);
    return load;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#reading.abort();
    await this.#ended;
    await this.#connection.stop();
  }

  async #work(): Promise<void> {
    const hub = this.#hub;
    for (let n = 1; !this.#stopped; n++) {
      await hub.post(EVENTS, [{ id: 'a', timestamp: n, value: 'x' }]);
      const timestamps = [n];
      await hub.post('/topics/cars/streams/car-1/parameters/data', { timestamps, numericValues: { speed: [n] } });
      await hub.post('/v0/events?name=trips&wait=true', { n });
      await this.#connection.invoke('SendEventData', 'cars', 'car-1', [{ id: 'b', timestamp: n }]);
      await this.#refused();
      await hub.read('/topics/cars/events/data');
      await hub.read(`/v0/sql?q=${encodeURIComponent('SELECT count(*) AS n FROM trips FORMAT JSON')}`);
    }
  }

  async #refused(): Promise<void> {
    const hub = this.#hub;
    await hub.post(EVENTS, [{ id: 'a' }]);
    await hub.post('/v0/events?name=trips&wait=true', { n: 'no number' });
    await hub.fetch('/topics', { headers: { authorization: 'Bearer nonsense' } });
    await hub.fetch('/nothing/is/here');
    await hub.fetch('/v0/sql?q=SELEKT');
    await this.#connection.invoke('SendEventData', 'cars', 'car-1', [{}]).catch(ignore);
    await this.#connection.invoke('NoSuchMethod').catch(ignore);
  }

  /** Follows the topic, so that there is somebody to deliver to. */
  async #read(): Promise<void> {
    const { signal } = this.#reading;
    const response = await this.#hub.fetch('/topics/cars/events', { signal });
    try {
      for await (const chunk of response.body ?? []) if (chunk === undefined) return;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function ignore(): void {
  // It is meant to be refused.
}
