import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { CuttingProxy } from '../conformance/support/cutting-proxy';
import { atEnd, token } from '../support/test-hub';
import { BrowserAndHub } from './support/browser-and-hub';

const PAGE = path.resolve(__dirname, '../../examples/live-page/page.html');
const PACKAGE = path.resolve(__dirname, '../../node_modules/@microsoft/signalr');

describe('the page of examples/live-page, opened from the disk', () => {
  const own = new BrowserAndHub();

  /** Opens the page, with the script of its tag from `node_modules`, and connects. */
  const open = async (
    url = own.hub.url,
    bearer = token('create', 'read:*'),
    options: BrowserContextOptions = {},
  ): Promise<Page> => {
    const context = await own.browser.newContext(options);
    atEnd(() => context.close());
    await context.route('https://cdn.jsdelivr.net/**', (route) =>
      route.fulfill({
        path: path.join(
          PACKAGE,
          new URL(route.request().url()).pathname.replace(/^\/npm\/@microsoft\/signalr@[^/]+/, ''),
        ),
        headers: { 'access-control-allow-origin': '*' },
      }),
    );
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.goto(pathToFileURL(PAGE).href);
    await page.fill('#address', url);
    await page.fill('#token', bearer);
    return page;
  };

  const connect = async (page: Page, from = 'latest'): Promise<void> => {
    await page.selectOption('#from', from);
    await page.click('#connect');
  };

  const append = (stream: string, ...values: string[]): Promise<Response> =>
    own.hub.post(
      `/topics/cars/streams/${stream}/events/data`,
      values.map((value, index) => ({
        id: 'speed',
        timestamp: `${Date.now() + 100 * (index - values.length)}000000`,
        value,
      })),
    );

  const shown = (page: Page): Promise<string[]> => page.locator('#events .value').allTextContents();

  it('takes the script of the stock client in the version that is installed here, as it is published', () => {
    const html = readFileSync(PAGE, 'utf8');
    const { version } = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
    expect(html).toContain(`@microsoft/signalr@${version}/dist/browser/signalr.min.js`);
    const script = readFileSync(path.join(PACKAGE, 'dist/browser/signalr.min.js'));
    expect(html).toContain(`sha384-${createHash('sha384').update(script).digest('base64')}`);
  });

  it('shows what is stored, what others send, and what it sends itself, in a list and a chart', async () => {
    await append('car-2', '10', '20', '30');
    const page = await open();
    await connect(page, 'earliest');
    await page.getByText('live', { exact: true }).waitFor();
    expect(await shown(page)).toEqual(['30', '20', '10']);
    await append('car-3', 'not a number');
    await page.getByText('not a number').first().waitFor();
    await page.fill('#value', '1e1');
    await page.click('#send');
    await page.locator('#events .value', { hasText: '1e1' }).waitFor();
    expect(await page.locator('#legend span').allTextContents()).toEqual(['car-2', 'car-3', 'car-1']);
    expect(await page.locator('#chart polyline').count()).toBe(2);
    expect((await page.locator('#chart polyline.s0').getAttribute('points'))!.split(' ')).toHaveLength(3);
    expect(await page.locator('#chart circle.s1').count()).toBe(1);
    expect(await page.textContent('#count')).toBe('5 arrived');
    expect(await own.hub.read('/topics/cars/streams/car-1/events/data')).toMatch(
      /"timestamp":\d{13}000000,"id":"speed","value":"1e1"/,
    );
  });

  it('draws a wave while it is asked to', async () => {
    const page = await open();
    await connect(page);
    await page.getByText('the topic is not there yet').waitFor();
    await page.click('#wave');
    await page.locator('#events li').nth(11).waitFor({ state: 'attached' });
    await page.click('#wave');
    await page.getByText('Send a wave').waitFor();
    const points = (await page.locator('#chart polyline').getAttribute('points'))!.split(' ');
    expect(points.length).toBeGreaterThanOrEqual(12);
    const stored = async (): Promise<number> =>
      (JSON.parse(await own.hub.read('/topics/cars/streams/car-1')) as { eventCount: number }).eventCount;
    // All of them, from the one on that made the topic; one may still be under way.
    let count: number;
    do {
      count = await stored();
      await page
        .locator('#events li')
        .nth(count - 1)
        .waitFor({ state: 'attached' });
    } while (count !== (await stored()));
    const values = await shown(page);
    expect(values).toHaveLength(count);
    expect(new Set(values).size).toBe(values.length);
  });

  it('goes on where it stood when its connection is cut', async () => {
    await append('car-1', '0');
    const proxy = await CuttingProxy.start(Number(new URL(own.hub.url).port));
    const page = await open(proxy.through(own.hub.url));
    await connect(page, 'earliest');
    await page.getByText('live', { exact: true }).waitFor();
    proxy.hold();
    proxy.cut();
    await page.getByText('connection lost').waitFor();
    await append('car-1', '1', '2');
    proxy.release();
    await page.locator('#events .value', { hasText: '2' }).waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    expect(await shown(page)).toEqual(['2', '1', '0']);
    await page.click('#connect');
    await page.getByText('not connected').waitFor();
    await proxy.close();
  });

  it('shows markup in events as text', async () => {
    const page = await open();
    await append('<b>x', '<img src=x onerror="document.title=1">');
    await connect(page, 'earliest');
    await page.getByText('<img src=x').first().waitFor();
    expect(await page.locator('#events img, #events b, #legend b').count()).toBe(0);
  });

  it.each([
    ['a refused token', 'not a token', /401/, 'no connection'],
    ['a token that may not read', token('create'), /^forbidden: .*read:cars/, 'reading has ended'],
  ])('says what is wrong with %s', async (_, bearer, problem, state) => {
    await append('car-1', '0');
    const page = await open(own.hub.url, bearer);
    await connect(page);
    await page.getByText(state).waitFor();
    expect(await page.textContent('#problem')).toMatch(problem);
  });

  it('says which event is refused, and why', async () => {
    await append('car-1', '0');
    const page = await open(own.hub.url, token('read:cars'));
    await connect(page);
    await page.getByText('live', { exact: true }).waitFor();
    await page.click('#send');
    await page.getByText(/^forbidden: /).waitFor();
    expect(await page.textContent('#state')).toBe('live');
  });

  it.each([
    ['light', { width: 1200, height: 1100 }],
    ['dark', { width: 1200, height: 1100 }],
    ['light', { width: 360, height: 780 }],
    ['dark', { width: 360, height: 780 }],
  ] as const)('fits into its window, in %s at %j', async (colorScheme, viewport) => {
    const values = (phase: number): string[] =>
      Array.from({ length: 60 }, (_, index) => (50 + 40 * Math.sin(index / 6 + phase)).toFixed(2));
    for (const [index, stream] of ['car-1', 'car-2', `car-${'long'.repeat(20)}`].entries()) {
      await append(stream, ...values(index * 2));
    }
    await append('car-1', `Help ${'wide'.repeat(60)}`);
    const page = await open(own.hub.url, token('create', 'read:*'), { colorScheme, viewport });
    await connect(page, 'earliest');
    await page.getByText('live', { exact: true }).waitFor();
    await page.locator('#events li').nth(150).waitFor({ state: 'attached' });
    await page.locator('#chart').hover();
    await page.locator('#chart .pointed').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    const folder = process.env['SCREENSHOTS'];
    if (folder !== undefined) {
      await page.screenshot({ path: path.join(folder, `live-${colorScheme}-${viewport.width}.png`), fullPage: true });
    }
  });
});
