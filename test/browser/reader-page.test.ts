import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { TestHub, atEnd, token } from '../support/test-hub';
import { append, WAYS } from '../hub/support/hub-clients';
import { launchChromium } from './support/chromium';
import { serveFiles } from './support/page-server';

const bundle = (name: string): string => readFileSync(require.resolve(name), 'utf8');
const SCRIPTS = {
  '/signalr.js': bundle('@microsoft/signalr/dist/browser/signalr.js'),
  '/messagepack.js': bundle('@microsoft/signalr-protocol-msgpack/dist/browser/signalr-protocol-msgpack.js'),
};

/** A page of another origin that reads as clients of Quix's Reader do, and goes on where it stood after a cut. */
const page = (settings: { url: string; bearer: string; transport: string; protocol: string }) => `<!doctype html>
<title>Reader</title>
<script src="/signalr.js"></script>
<script src="/messagepack.js"></script>
<pre id="log"></pre>
<script>
  const { url, bearer, transport, protocol } = ${JSON.stringify(settings)};
  const log = (text) => { document.getElementById("log").textContent += text + "\\n"; };
  const connect = async () => {
    const options = { accessTokenFactory: () => bearer, transport: signalR.HttpTransportType[transport] };
    const builder = new signalR.HubConnectionBuilder().withUrl(url + "/reader/hub", options);
    if (protocol === "messagepack") builder.withHubProtocol(new signalR.protocols.msgpack.MessagePackHubProtocol());
    const connection = builder.build();
    let last;
    connection.on("EventDataReceived", (event) => {
      last = event.offset;
      log("event " + event.topicName + " " + event.streamId + " " + event.id + " " + event.value);
    });
    connection.on("PackageReceived", (package) => {
      for (const each of JSON.parse(package.value)) log("package " + package.topicName + " " + each.Id);
    });
    connection.on("ActiveStreamsChanged", (stream, action) => {
      log("stream " + stream.topicName + " " + stream.streamId + " " + action);
    });
    connection.on("TopicMetricsUpdated", (metrics) => {
      if (metrics.bytesPerSecond > 0) log("metrics " + metrics.topicName);
    });
    await connection.start();
    return { connection, last: () => last };
  };
  (async () => {
    const first = await connect();
    await first.connection.invoke("SubscribeToEvent", "cars", "*", "Alert");
    await first.connection.invoke("SubscribeToEvent", "*", "van-1", "*");
    await first.connection.invoke("SubscribeToPackages", "cars");
    const active = await first.connection.invoke("SubscribeToActiveStreams", "*");
    log("active " + active.map((stream) => stream.topicName + "/" + stream.streamId).join());
    log("history " + (await first.connection.invoke("SubscribeToTopicMetrics", "cars")).length);
    log("subscribed");
    window.leave = async () => {
      await first.connection.invoke("UnsubscribeFromPackages", "cars");
      await first.connection.invoke("UnsubscribeFromStream", "*", "van-1");
      await first.connection.invoke("UnsubscribeFromActiveStreams", "*");
      await first.connection.invoke("UnsubscribeFromTopicMetrics", "cars");
      await first.connection.stop();
      log("left at " + first.last());
    };
    window.comeBack = async () => {
      const second = await connect();
      await second.connection.invoke("SubscribeToEvent", "cars", "*", "*", { from: first.last() });
      log("back");
      second.connection.stream("ReadEvents", [{ topic: "cars", from: "earliest" }, { topic: "vans" }]).subscribe({
        next: (item) => log(item.read + " " + item.type + " " + (item.id || item.position)),
        error: (error) => log("failed " + error),
        complete: () => log("complete"),
      });
    };
  })().catch((error) => log("failed " + error));
</script>`;

describe('a page that reads', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each(WAYS)('gets what it subscribes to, and goes on where it stood, by $transport in $protocol', async (way) => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await append(hub, 'cars', 'car-1', 'before');
    const tab = await browser.newPage();
    atEnd(() => tab.close());
    const settings = { url: hub.url, bearer: token('read:*'), ...way };
    await tab.goto(await serveFiles({ '/': page(settings), ...SCRIPTS }));
    const shows = (text: string): Promise<void> => tab.getByText(text).waitFor();
    const lines = async (): Promise<string[]> => ((await tab.textContent('#log')) ?? '').trimEnd().split('\n');

    await shows('subscribed');
    await append(hub, 'cars', 'car-1', 'Other', 'Alert');
    await append(hub, 'vans', 'van-1', 'Door');
    await shows('event vans van-1 Door v');
    await shows('package cars Alert');
    await shows('stream vans van-1 AddUpdate');
    await shows('metrics cars');
    // How often a stream or a topic is told of depends on when seconds begin.
    const once = new Set(await lines());
    once.delete('stream cars car-1 AddUpdate');
    expect([...once].sort()).toEqual([
      'active cars/car-1',
      'event cars car-1 Alert v',
      'event vans van-1 Door v',
      'history 300',
      'metrics cars',
      'package cars Alert',
      'package cars Other',
      'stream vans van-1 AddUpdate',
      'subscribed',
    ]);
    await append(hub, 'cars', 'car-1', 'Alert');
    await tab.getByText(/(event cars car-1 Alert v[^]*){2}/).waitFor();
    await tab.evaluate('leave()');
    await shows('left at 4');
    await append(hub, 'cars', 'car-1', 'meanwhile');
    await tab.evaluate('comeBack()');
    await shows('event cars car-1 meanwhile v');
    await shows('0 caught-up 5');
    expect(await lines()).toEqual(
      expect.arrayContaining(['0 start 0', '1 start 1', '0 event before', '0 event meanwhile', '1 caught-up 1']),
    );
    expect((await lines()).filter((line) => line.startsWith('event')).length).toBe(4);
  });
});
