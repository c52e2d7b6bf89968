import { WebSocket } from 'ws';
import { STOCK_TRANSPORTS } from '../signalr/support/stock-client';
import { connect, converse, describeRecipes, runRecipe, typeCheck } from './support/recipe';

// Next is a third of a gigabyte, and has a folder of its own.
describeRecipes('examples/recipes/next')('a custom server of Next', () => {
  let url: string;

  beforeAll(async () => {
    url = await runRecipe('next/server', { NEXT_TELEMETRY_DISABLED: '1' });
  });

  it('has the right types', () => {
    typeCheck('next/tsconfig.recipe.json');
  });

  it('has a page at every path', async () => {
    for (const path of ['/', '/any/path', '/chatter']) {
      expect(await (await fetch(url + path)).text()).toContain('Hello');
    }
  });

  // Next adds its listener with its first page; from then on it sees all upgrades of the server it was given.
  it.each(STOCK_TRANSPORTS)('serves the hub over %s', async (transport) => {
    const connection = await connect(`${url}/chat`, transport);
    expect(await converse(connection)).toEqual(['héllo', 1, 2, 3]);
    await (await fetch(url)).text();
    expect(await converse(connection)).toEqual(['héllo', 1, 2, 3]);
  });

  it('leaves the WebSocket of hot reloading to Next', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/_next/hmr?id=test`);
    await new Promise((resolve, reject) => {
      socket.once('message', resolve);
      socket.once('error', reject);
    });
    socket.terminate();
  });
});
