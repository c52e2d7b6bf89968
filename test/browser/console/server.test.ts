import type { Browser } from 'playwright-core';
import { TestHub } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { ConsolePage } from './support/console-page';

const EVENTS = '/topics/cars/streams/car-1/events/data';

describe('the page of the server', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  it('shows what the metrics say, and what is refused and why', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page, complaints } = await ConsolePage.open(browser, hub, { at: '#/server' });
    const now = page.getByRole('region', { name: 'Now' });
    await now.getByText('Hub connections').waitFor();
    await hub.post(EVENTS, [{ id: 'Alert', timestamp: 1 }]);
    await hub.post(EVENTS, [{}]);
    await now.getByText(/99 of 100 in/).waitFor();
    const refused = page.getByRole('region', { name: 'Refused, by reason' }).first();
    await refused.getByRole('row', { name: /invalid_events\s+1\s+1/ }).waitFor();
    await page.getByRole('region', { name: 'Space' }).getByText('database').waitFor();
    expect(complaints).toEqual([]);
  });

  it.each([
    [401, 'need a token of their own'],
    [404, 'on a port of their own'],
  ])('says where the metrics are when they are answered with %d, and stays signed in', async (status, text) => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page } = await ConsolePage.open(browser, hub);
    await page.route('**/metrics', (route) => route.fulfill({ status }));
    await page.evaluate(`location.hash = '#/server'`);
    await page.getByRole('alert').filter({ hasText: text }).waitFor();
    expect(await page.locator('.shell').count()).toBe(1);
  });
});
