import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { scenarios } from '../conformance/scenarios';
import { type ConformanceServers, startConformanceServers } from '../conformance/support/conformance-servers';
import { makeKit } from '../conformance/support/kit';
import { applies, WAYS } from '../conformance/support/scenario';
import { launchChromium } from './support/chromium';

const messagePack = readFileSync(
  require.resolve('@microsoft/signalr-protocol-msgpack/dist/browser/signalr-protocol-msgpack.js'),
);

/** Serves pages that load a client from script tags, as `/1` and `/10`; they are of another origin than the hub. */
async function servePages(libraries: Readonly<Record<string, Buffer>>): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const script = url === '/messagepack.js' ? messagePack : libraries[url.replace(/^\/|\.js$/g, '')];
    if (url.endsWith('.js')) {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else {
      const scripts = [`${url}.js`, ...(url === '/10' ? ['/messagepack.js'] : [])];
      const tags = scripts.map((source) => `<script src="${source}"></script>`).join('');
      response.setHeader('content-type', 'text/html').end(`<!doctype html><meta charset="utf-8">${tags}`);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

let browser: Browser;
let pages: Server;
let servers: ConformanceServers;
let count = 0;

beforeAll(async () => {
  browser = await launchChromium();
  servers = await startConformanceServers();
  pages = await servePages({
    '1': readFileSync(require.resolve('signalr-client-1/dist/browser/signalr.js')),
    '10': readFileSync(require.resolve('@microsoft/signalr/dist/browser/signalr.js')),
  });
});

afterAll(async () => {
  await browser.close();
  await servers.close();
  pages.closeAllConnections();
  pages.close();
});

describe.each([
  { major: 10, protocols: ['json', 'messagepack'] },
  { major: 1, protocols: ['json'] },
])('client $major in a page of another origin', ({ major, protocols }) => {
  let page: Page;

  beforeAll(async () => {
    page = await browser.newPage();
    await page.goto(`http://localhost:${(pages.address() as AddressInfo).port}/${major}`);
  });

  afterAll(async () => {
    await page.close();
  });

  for (const way of WAYS.filter(({ protocol }) => protocols.includes(protocol))) {
    const combination = { ...way, major, browser: true };
    describe(`over ${way.transport} in ${way.protocol}`, () => {
      for (const [topic, list] of Object.entries(scenarios)) {
        const fitting = list.filter((scenario) => applies(scenario, combination));
        if (fitting.length === 0) continue;
        describe(topic, () => {
          it.each(fitting)('$name', async ({ run, expected }) => {
            const { url, urls } = servers;
            const parts = JSON.stringify({ ...combination, url, urls, key: `key-${++count}` });
            const result: unknown = await page.evaluate(`(async () => {
              const kit = (${makeKit.toString()})({
                ...${parts},
                library: signalR,
                messagePack: signalR.protocols?.msgpack.MessagePackHubProtocol,
              });
              try {
                return await (${run.toString()})(kit);
              } finally {
                await kit.end();
              }
            })()`);
            expect(result).toEqual(expected);
          });
        });
      }
    });
  }
});
