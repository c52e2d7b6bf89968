import { createHubServer, defineHub, method } from '../../src/signalr';

const hub = defineHub({ Say: method([], () => undefined) });

describe('HubServer.configure', () => {
  it.each<[object, string]>([
    [{ maximumConnections: 0 }, "HubServer.configure: option 'maximumConnections' must be a positive integer"],
    [{ keepAliveInterval: 5 }, "HubServer.configure: option 'keepAliveInterval' cannot be changed"],
  ])('refuses %j and changes nothing', async (changes, message) => {
    const server = createHubServer(hub, { logger: false });
    expect(() => {
      server.configure(changes);
    }).toThrow(new TypeError(message));
    await server.close();
  });
});
