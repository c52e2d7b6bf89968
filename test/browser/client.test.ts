import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { CuttingProxy } from '../conformance/support/cutting-proxy';
import { atEnd, TestHub, token } from '../support/test-hub';
import { launchChromium } from './support/chromium';
import { serveFiles } from './support/page-server';

const ROOT = path.resolve(__dirname, '../..');

/** An offline store on `localStorage`, which the tabs of an origin share, and a client with it. */
const SCRIPT = `
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith('batch '));
  const offlineStore = {
    name: 'page',
    load: async () => keys().map((key) => JSON.parse(localStorage[key])),
    save: async (batch) => { localStorage['batch ' + batch.key] = JSON.stringify(batch); },
    remove: async (key) => { localStorage.removeItem('batch ' + key); },
    refused: () => {},
  };
  const states = [];
  const start = (options) => {
    window.hub = new writerHub.WriterHubClient({
      signalR, retryDelayMs: 5, onState: (state) => states.push(state), ...options,
    });
  };
  const seen = [];
  const read = async (options) => {
    for await (const { streamId, timestamp, value } of hub.read('t', options)) seen.push(streamId + ' ' + value + ' ' + timestamp);
  };
`;

describe('the client library in Chromium', () => {
  let browser: Browser;
  let hub: TestHub;
  let origin: string;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    hub = await TestHub.start();
    const { outputFiles } = buildSync({
      entryPoints: [path.join(ROOT, 'src/client/script.mts')],
      bundle: true,
      minify: true,
      write: false,
      target: 'es2022',
    });
    origin = await serveFiles({
      '/': `<!doctype html><script src="signalr.js"></script><script src="client.js"></script><script>${SCRIPT}</script>`,
      '/signalr.js': readFileSync(
        path.join(ROOT, 'node_modules/@microsoft/signalr/dist/browser/signalr.min.js'),
        'utf8',
      ),
      '/client.js': outputFiles[0]!.text,
    });
  });

  const open = async (url = hub.url, isStored = false): Promise<Page> => {
    const context = browser.contexts()[0] ?? (await browser.newContext());
    const page = await context.newPage();
    atEnd(() => page.close());
    await page.goto(origin);
    await page.evaluate(`start({ url: '${url}', token: '${token('admin')}' ${isStored ? ', offlineStore' : ''} })`);
    return page;
  };

  /** Resolves with what a page has once it holds. */
  const until = async (page: Page, expression: string): Promise<unknown> =>
    (await page.waitForFunction(expression)).jsonValue();

  it('sends and reads exact times, over cuts', async () => {
    const proxy = await CuttingProxy.start(Number(new URL(hub.url).port));
    const page = await open(proxy.through(hub.url));
    await page.evaluate(`hub.send('t', 's', { id: 'e', timestamp: 1618133869000000123n, value: '0' })`);
    await page.evaluate(`void read({ from: 'earliest' })`);
    await until(page, 'seen.length === 1');
    for (const n of ['1', '2', '3']) {
      proxy.cut();
      await page.evaluate(`hub.send('t', 's', { id: 'e', timestamp: ${n}n, value: '${n}' })`);
    }
    await until(page, 'seen.length === 4');
    expect(await page.evaluate('seen')).toEqual(['s 0 1618133869000000123', 's 1 1', 's 2 2', 's 3 3']);
    await page.close();
    await proxy.close();
  });

  it('reopens a connection that has died in silence while the page was frozen', async () => {
    const proxy = await CuttingProxy.start(Number(new URL(hub.url).port));
    const page = await open(proxy.through(hub.url));
    await page.evaluate(`hub.send('t', 's', { id: 'e', timestamp: 0n, value: '0' })`);
    await page.evaluate(`void read({ from: 'earliest' })`);
    await until(page, 'seen.length === 1');
    await page.evaluate(`{
      const now = Date.now;
      Date.now = () => now() + 31_000;
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }`);
    await until(page, `states.join().endsWith('waiting,connecting,connected')`);
    await hub.post('/topics/t/streams/s/events/data', [{ id: 'e', timestamp: 1, value: '1' }]);
    expect(await until(page, 'seen.length === 2 && seen')).toEqual(['s 0 0', 's 1 1']);
    await page.close();
    await proxy.close();
  });

  it('has one tab at a time send what an earlier one has left', async () => {
    const lost = await open('http://127.0.0.1:1', true);
    await lost.evaluate(`for (const n of ['0', '1', '2']) hub.send('t', n, { id: 'e', value: n }).catch(() => {}); 0`);
    await until(lost, 'keys().length === 3');
    // It has the lock, and no connection: a second tab leaves its events to it.
    const second = await open(hub.url, true);
    await second.evaluate(`hub.send('t', 's', { id: 'e', value: 'own' })`);
    expect(await second.evaluate('keys().length')).toBe(3);
    await lost.close();
    await until(second, 'keys().length === 0');
    await second.evaluate('hub.flush()');
    for (const stream of ['0', '1', '2', 's']) {
      expect(await hub.read(`/topics/t/streams/${stream}`)).toContain('"eventCount":1');
    }
  });
});
