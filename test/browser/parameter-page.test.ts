import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { EPOCH, EVERY_VALUE, expectEveryValue } from '../hub/support/every-value';
import { WAYS } from '../hub/support/hub-clients';
import { TestHub, atEnd, token } from '../support/test-hub';
import { launchChromium } from './support/chromium';
import { serveFiles } from './support/page-server';

const bundle = (name: string): string => readFileSync(require.resolve(name), 'utf8');
const SCRIPTS = {
  '/signalr.js': bundle('@microsoft/signalr/dist/browser/signalr.js'),
  '/messagepack.js': bundle('@microsoft/signalr-protocol-msgpack/dist/browser/signalr-protocol-msgpack.js'),
};

/** A page of another origin that sends parameter data and shows what comes of it, live and over HTTP. */
const page = (settings: { url: string; bearer: string; transport: string; protocol: string }) => `<!doctype html>
<meta charset="utf-8">
<title>Parameters</title>
<script src="/signalr.js"></script>
<script src="/messagepack.js"></script>
<pre id="log"></pre>
<script>
  const { url, bearer, transport, protocol } = ${JSON.stringify(settings)};
  const log = (text) => { document.getElementById("log").textContent += text + "\\n"; };
  (async () => {
    const options = { accessTokenFactory: () => bearer, transport: signalR.HttpTransportType[transport] };
    const builder = new signalR.HubConnectionBuilder().withUrl(url + "/hub", options);
    if (protocol === "messagepack") builder.withHubProtocol(new signalR.protocols.msgpack.MessagePackHubProtocol());
    const connection = builder.build();
    connection.on("ParameterDataReceived", (data) => log("live " + JSON.stringify(data)));
    await connection.start();
    await connection.invoke("SubscribeToParameter", "cars", "*", "*");
    await connection.invoke("SendParameterData", "cars", "car-1", ${JSON.stringify(EVERY_VALUE)});
    const path = url + "/topics/cars/streams/car-1/parameters/data";
    const headers = { Authorization: "bearer " + bearer };
    log("kept " + await (await fetch(path + "?epoch=${EPOCH}", { headers })).text());
    const data = { timestamps: ["${EPOCH}"], numericValues: { Speed: [1] } };
    const body = JSON.stringify(data);
    const posted = await fetch(path, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body });
    log("posted " + posted.status);
    const wrong = { timestamps: [1, 2], numericValues: { Speed: [1] } };
    await connection.invoke("SendParameterData", "cars", "car-1", wrong).catch((error) => log("refused " + error.message.split("\\n")[0]));
  })().catch((error) => log("failed " + error));
</script>`;

describe('a page that sends parameter data', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each(WAYS)('has every value back, by $transport in $protocol', async (way) => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const tab = await browser.newPage();
    atEnd(() => tab.close());
    const settings = { url: hub.url, bearer: token('create', 'read:*'), ...way };
    await tab.goto(await serveFiles({ '/': page(settings), ...SCRIPTS }));
    await tab.getByText(/(live [^]*){2}/).waitFor();
    await tab.getByText(/^[^]*refused /).waitFor();
    const shown = ((await tab.textContent('#log')) ?? '').split('\n');
    const after = (word: string): string[] =>
      shown.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
    expect(after('failed')).toEqual([]);
    expectEveryValue(after('kept').join());
    expect(after('posted')).toEqual(['200']);
    expect(JSON.parse(after('live')[0]!)).toEqual({
      ...EVERY_VALUE,
      ...{ topicId: 'cars', topicName: 'cars', streamId: 'car-1', offset: '1', epoch: Number(EPOCH) },
    });
    expect(after('refused')).toEqual([expect.stringContaining('numericValues.Speed has 1 value for 2 timestamps')]);
  });
});
