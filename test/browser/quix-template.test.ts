import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { TestHub, atEnd, token } from '../support/test-hub';
import { launchChromium } from './support/chromium';
import { serveFiles } from './support/page-server';

const FIXTURES = join(__dirname, '../fixtures');
const SIGNALR = readFileSync(require.resolve('@microsoft/signalr/dist/browser/signalr.js'), 'utf8');

/**
 * Calls what Quix's React template calls, in its order: settings as text from its own origin, a connection to each of
 * the two addresses that it makes of them, subscriptions of which handlers come after, a message from a form.
 */
const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Template</title>
<script src="/signalr.js"></script>
<pre id="log"></pre>
<script>
  const log = (text) => { document.getElementById("log").textContent += text + "\\n"; };
  const setting = async (name) => (await (await fetch(name)).text()).replace(/(\\r\\n|\\n|\\r)/gm, "");
  (async () => {
    const [token, workspaceId] = [await setting("bearer_token"), await setting("workspace_id")];
    const connect = async (type) => {
      const connection = new signalR.HubConnectionBuilder()
        .withUrl("https://" + type + "-" + workspaceId + ".platform.quix.io/hub", { accessTokenFactory: () => token })
        .withAutomaticReconnect()
        .build();
      await connection.start();
      return connection;
    };
    const [reader, writer] = [await connect("reader"), await connect("writer")];
    const topic = await setting("input_topic");
    const streams = reader.invoke("SubscribeToActiveStreams", topic);
    reader.on("ActiveStreamsChanged", (stream, action) => log("stream " + stream.streamId + " " + action));
    const events = reader.invoke("SubscribeToEvent", topic, "*", "*");
    reader.on("EventDataReceived", (event) => log("event " + event.id + " " + event.value));
    const data = reader.invoke("SubscribeToParameter", topic, "*", "*");
    reader.on("ParameterDataReceived", (data) => {
      log("data " + data.topicId + " " + Object.entries(data.stringValues).map(([id, values]) => id + ": " + values.join(", ")));
    });
    log("active " + (await streams).map((stream) => stream.streamId));
    await Promise.all([events, data]);
    const message = { timestamps: [Date.now() * 1000000], stringValues: { ReactMessage: ["hello"] } };
    writer.invoke("SendParameterData", topic, "react-messages-stream", message);
    log("ready");
  })().catch((error) => log("failed " + error));
</script>`;

describe("Quix's React template", () => {
  let browser: Browser | undefined;

  afterEach(() => browser?.close());

  it('runs unchanged where the names of its addresses lead here', async () => {
    const hub = await TestHub.start({
      ...{ shutdownTimeout: 200, workspace: 'acme-cars-prod' },
      ...{ tlsCertFile: join(FIXTURES, 'localhost-cert.pem'), tlsKeyFile: join(FIXTURES, 'localhost-key.pem') },
    });
    // What a name server and a certificate of one's own do.
    const address = `127.0.0.1:${new URL(hub.url).port}`;
    browser = await launchChromium([
      `--host-resolver-rules=MAP *.platform.quix.io ${address}`,
      '--ignore-certificate-errors',
    ]);
    const bearer = token('create', 'read:*');
    const site = await serveFiles({
      ...{ '/': PAGE, '/signalr.js': SIGNALR, '/bearer_token': `${bearer}\n` },
      ...{ '/workspace_id': 'acme-cars-prod\n', '/input_topic': 'cars\n' },
    });
    const tab = await browser.newPage();
    atEnd(() => tab.close());
    // The template expects its topic to be there.
    await sendEvents(address, bearer);
    await tab.goto(site);
    const shows = (text: string | RegExp): Promise<void> => tab.getByText(text).waitFor();
    await shows('active first');
    await shows('ready');
    await shows('data acme-cars-prod-cars ReactMessage: hello');
    await shows('stream react-messages-stream AddUpdate');
    await sendEvents(address, bearer);
    await shows('event Alert Help');
    expect(await tab.textContent('#log')).not.toContain('failed');
  });

  async function sendEvents(address: string, bearer: string): Promise<void> {
    const tab = await browser!.newPage();
    const status = await tab.goto(`https://${address}/`).then(() =>
      tab.evaluate(
        async ([authorization, body]) => {
          const headers = { Authorization: authorization!, 'Content-Type': 'application/json' };
          return (await fetch('/topics/cars/streams/first/events/data', { method: 'POST', headers, body: body! }))
            .status;
        },
        [`bearer ${bearer}`, JSON.stringify([{ id: 'Alert', timestamp: 1618133869000000000, value: 'Help' }])],
      ),
    );
    await tab.close();
    expect(status).toBe(200);
  }
});
