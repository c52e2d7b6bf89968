import { createServer, request as forward } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { atEnd, TestHub, token } from '../support/test-hub';
import { serious } from './support/axe';
import { launchChromium } from './support/chromium';

const EXACT = '1618133869000000001';

/** A proxy that takes off the prefix `/hub-of-ours` and says nothing of it. */
async function behindPrefix(target: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url!.replace(/^\/hub-of-ours/, '');
    const passed = forward(`${target}${path}`, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub-of-ours`;
}

describe('the pages that describe the server', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  /** A page, and what it complained of or asked of others than the server. */
  const open = async (address: string, init?: string): Promise<{ page: Page; faults: string[] }> => {
    const page = await browser.newPage();
    atEnd(() => page.close());
    const faults: string[] = [];
    const { origin } = new URL(address);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) faults.push(`asked ${url}`);
    });
    if (init !== undefined) await page.addInitScript(init);
    await page.goto(address);
    return { page, faults };
  };

  const signedIn = (path: string, bearer = token('admin')): string =>
    `sessionStorage.setItem(${JSON.stringify(`writer-hub token ${path}`)}, ${JSON.stringify(bearer)});`;

  const execute = async (page: Page, operation: string): Promise<string> => {
    const block = page.locator(`[id="operations-${operation}"]`);
    await block.locator('.execute').click();
    await block.locator('.live-responses-table').waitFor();
    return (await block.locator('.live-responses-table').textContent()) ?? '';
  };

  const unfold = (page: Page, operation: string): Promise<void> =>
    page.locator(`[id="operations-${operation}"] .opblock-summary-control`).click();

  it('/swagger sends what is typed and shows what is answered, digit by digit, and asks nobody else', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page, faults } = await open(`${hub.url}/swagger`, signedIn('/'));
    await unfold(page, 'topics-storeEvents');
    await page.fill('[id="operations-topics-storeEvents"] .body-param__text', `[{"id":"Alert","timestamp":${EXACT}}]`);
    expect(await execute(page, 'topics-storeEvents')).toContain('200');
    await unfold(page, 'topics-readStreamEvents');
    expect(await execute(page, 'topics-readStreamEvents')).toContain(`"timestamp": ${EXACT}`);
    expect(await hub.read('/topics/cars/events/data')).toContain(EXACT);
    expect(faults).toEqual([]);
  });

  it('/swagger works behind a prefix, also with a slash at its end and where others have it', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'Alert', timestamp: EXACT }]);
    const url = await behindPrefix(hub.url);
    for (const path of ['/swagger', '/swagger/', '/swagger/index.html']) {
      const { page, faults } = await open(`${url}${path}`, signedIn('/hub-of-ours/'));
      await unfold(page, 'topics-readTopicEvents');
      expect(await execute(page, 'topics-readTopicEvents')).toContain(EXACT);
      expect(faults).toEqual([]);
    }
  });

  it('/swagger takes a token that is typed, and the one of a console in another tab', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const context = await browser.newContext();
    atEnd(() => context.close());
    const typed = await context.newPage();
    await typed.goto(`${hub.url}/swagger`);
    await typed.click('.btn.authorize');
    await typed.locator('.auth-container input').first().fill(token('admin'));
    await typed.locator('.auth-btn-wrapper .authorize').first().click();
    await typed.locator('.btn-done').first().click();
    await unfold(typed, 'topics-listTopics');
    expect(await execute(typed, 'topics-listTopics')).toContain('"topics": []');

    const other = await context.newPage();
    await other.goto(`${hub.url}/healthz`);
    await other.evaluate((bearer) => {
      const channel = new BroadcastChannel('writer-hub token /');
      channel.onmessage = ({ data }: { data: { type: string } }) => {
        if (data.type === 'ask') channel.postMessage({ type: 'token', token: bearer });
      };
    }, token('admin'));
    const handed = await context.newPage();
    await handed.goto(`${hub.url}/swagger`);
    await handed.getByText('signed in as in the console').waitFor();
    await unfold(handed, 'topics-listTopics');
    expect(await execute(handed, 'topics-listTopics')).toContain('"topics": []');
  });

  it('/swagger shows what has come of an answer that goes on', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'Alert', timestamp: EXACT }]);
    const { page } = await open(`${hub.url}/swagger`, signedIn('/'));
    await unfold(page, 'live-followTopicEvents');
    const block = page.locator('[id="operations-live-followTopicEvents"]');
    await block.locator('tr[data-param-name="from"] input').fill('earliest');
    expect(await execute(page, 'live-followTopicEvents')).toContain(`"timestamp":${EXACT}`);
  });

  it.each([1440, 390])('/hub-methods is text without scripts, and reads well at %s pixels', async (width) => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page, faults } = await open(`${hub.url}/hub-methods`);
    await page.setViewportSize({ width, height: 900 });
    expect(await page.locator('script').count()).toBe(0);
    expect(await page.locator('article#SendEventData h3').textContent()).toBe(
      'SendEventData(topic, streamId, events, options?)',
    );
    const dangling = await page.evaluate(`[...document.querySelectorAll('a[href^="#"]')]
      .map((link) => link.getAttribute('href').slice(1))
      .filter((id) => document.getElementById(id) === null)`);
    expect(dangling).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await serious(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
