import type { CDPSession, Page } from 'playwright-core';
import { SharedHub } from '../../support/shared-hub';
import type { TestHub } from '../../support/test-hub';
import { sharedBrowser } from './support/browser';
import { ConsolePage } from './support/console-page';

const shared = new SharedHub();
const browser = sharedBrowser();

/** So many streams and topics the pages have to take. */
const MANY = 10_000;

/** The processor time that a page's main thread has taken so far, in milliseconds: other processes are not in it. */
class MainThread {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<MainThread> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new MainThread(session);
  }

  async used(): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  }

  /** Milliseconds a second, over some seconds in which nobody does anything. */
  async atRest(page: Page, seconds: number): Promise<number> {
    const before = await this.used();
    await page.evaluate(`new Promise((resolve) => setTimeout(resolve, ${1000 * seconds}))`);
    return ((await this.used()) - before) / seconds;
  }
}

/** Sends an event each to many streams or topics, over one connection. */
async function sendMany(hub: TestHub, topicOf: (n: number) => string, streamOf: (n: number) => string): Promise<void> {
  const connection = await hub.connect();
  const numbers = Array.from({ length: MANY }, (_, n) => n);
  await Promise.all(
    numbers.map((n) => connection.invoke('SendEventData', topicOf(n), streamOf(n), [{ id: 'a', timestamp: n }])),
  );
}

describe('the weight of the console', () => {
  it('is less than 150 KB, compressed, until it can be used', async () => {
    const hub = await shared.hub();
    const context = await browser().newContext();
    const sizes: Promise<number>[] = [];
    context.on('requestfinished', (request) => {
      if (!/^http/.test(request.url())) return;
      // Requests of the live connection may still be open at the end.
      const size = request.sizes().then((all) => all.responseBodySize + all.responseHeadersSize);
      sizes.push(size.catch(() => 0));
    });
    const opened = await ConsolePage.open(browser(), hub, { context });
    await opened.live();
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    await context.close();
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThan(150_000);
  });

  it('is less than 50 ms a second of the main thread at rest, on the page of topics', async () => {
    const hub = await shared.hub();
    for (const topic of ['cars', 'vans', 'bikes']) {
      await hub.post(`/topics/${topic}/streams/s/events/data`, [{ id: 'a', timestamp: 1 }]);
    }
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/topics' });
    await page.getByRole('link', { name: 'vans' }).waitFor();
    const thread = await MainThread.of(page);
    expect(await thread.atRest(page, 4)).toBeLessThan(50);
  });

  it.each([
    ['streams', '#/topics/many', 'stream-', () => 'many', (n: number) => `stream-${n}`],
    ['topics', '#/topics', 'topic-', (n: number) => `topic-${n}`, () => 's'],
  ])(
    'stays small with ten thousand %s',
    async (_, at, name, topicOf, streamOf) => {
      const hub = await shared.emptied();
      await sendMany(hub, topicOf, streamOf);
      const { page } = await ConsolePage.open(browser(), hub, { at });
      await page.getByText('10,000', { exact: true }).first().waitFor();
      const thread = await MainThread.of(page);
      expect(await page.locator('tbody tr').count()).toBeLessThan(100);
      expect(await thread.atRest(page, 3)).toBeLessThan(50);
      // From the top to the end and back, a frame each.
      const before = await thread.used();
      await page.evaluate(`(async () => {
      const end = document.documentElement.scrollHeight;
      for (let step = 0; step <= 100; step++) {
        scrollTo(0, (end * step) / 100);
        await new Promise(requestAnimationFrame);
      }
    })()`);
      expect(((await thread.used()) - before) / 100).toBeLessThan(50);
      expect(await page.locator('tbody tr').count()).toBeLessThan(100);
      expect(await page.evaluate(`document.querySelector('tbody').lastElementChild.textContent`)).toContain(name);
      await page.getByRole('searchbox').fill('7777');
      await page.getByRole('link', { name: `${name}7777` }).waitFor();
    },
    600_000,
  );
});
