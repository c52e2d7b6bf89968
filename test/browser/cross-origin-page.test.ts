import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { TestHub, atEnd, token } from '../support/test-hub';
import { launchChromium } from './support/chromium';

const SIGNALR = readFileSync(require.resolve('@microsoft/signalr/dist/browser/signalr.js'));

/** The documented sample, in a page that loads the client from a script tag. */
const page = (url: string, bearer: string) => `<!doctype html>
<title>Sample</title>
<script src="/signalr.js"></script>
<pre id="log"></pre>
<script>
  const log = (text) => { document.getElementById("log").textContent += text + "\\n"; };
  const token = "${bearer}";
  const topic = "cars";
  const streamId = "car-1";
  const options = { accessTokenFactory: () => token };
  const connection = new signalR.HubConnectionBuilder().withUrl("${url}/hub", options).build();
  connection.start().then(async () => {
    log("Connected");
    let eventData = [{ "timestamp": Date.now() * 1000000, "tags": { "capacity": "over" }, "id": "Alert", "value": "Successful sample run" }];
    await connection.invoke("SendEventData", topic, streamId, eventData);
    log("Sent event data");
    const response = await fetch("${url}/topics/cars/streams/car-1/events/data", { headers: { authorization: "Bearer " + token } });
    log("Read " + (await response.json()).events.length);
  }).catch((error) => log("Failed " + error));
</script>`;

/** Serves the page on a port of its own, which makes it another origin. */
async function servePage(html: string): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/signalr.js') response.setHeader('content-type', 'text/javascript').end(SIGNALR);
    else response.setHeader('content-type', 'text/html').end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

describe('a page of another origin', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  const lastLine = async (hub: TestHub, bearer: string, last: RegExp): Promise<string> => {
    const tab = await browser.newPage();
    atEnd(() => tab.close());
    await tab.goto(await servePage(page(hub.url, bearer)));
    await tab.getByText(last).waitFor();
    return (await tab.textContent('#log')) ?? '';
  };

  it('sends events with the client from a script tag, and reads them back', async () => {
    const hub = await TestHub.start();
    expect(await lastLine(hub, token('admin'), /Read|Failed/)).toBe('Connected\nSent event data\nRead 1\n');
    expect(await hub.read('/topics/cars/streams/car-1/events/data')).toMatch(
      /"timestamp":\d{19},"id":"Alert","value":"Successful sample run"/,
    );
  });

  it('is told 401 when its token is wrong', async () => {
    const hub = await TestHub.start();
    expect(await lastLine(hub, 'nonsense', /Read|Failed/)).toMatch(/Failed .*401/);
  });

  it('cannot call a server whose allow-list leaves it out', async () => {
    const hub = await TestHub.start({ corsOrigins: ['https://other.example'] });
    expect(await lastLine(hub, token('admin'), /Read|Failed/)).toMatch(/Failed /);
  });
});
