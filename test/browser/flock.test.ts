import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { atEnd, TestHub, token } from '../support/test-hub';
import { launchChromium } from './support/chromium';
import { serveFiles } from './support/page-server';

const FLOCK = readFileSync(require.resolve('@tinybirdco/flock.js/dist/index.js'), 'utf8');

const page = (url: string, bearer: string): string => `<!doctype html>
<title>Shop</title>
<script src="/flock.js" data-host="${url}" data-token="${bearer}" tb_customer="acme"></script>
<button onclick="Tinybird.trackEvent('buy', { basket: 3 })">Buy</button>`;

describe('@tinybirdco/flock.js in a page of another origin', () => {
  let browser: Browser;

  beforeAll(async () => {
    // The script keeps silent where a browser says that it is driven.
    browser = await launchChromium(['--disable-blink-features=AutomationControlled']);
  });

  afterAll(async () => {
    await browser.close();
  });

  it('stores page hits and events of its own', async () => {
    const hub = await TestHub.start();
    const bearer = token('create');
    const origin = await serveFiles({ '/': page(hub.url, bearer), '/flock.js': FLOCK });
    const tab = await browser.newPage();
    atEnd(() => tab.close());
    const accepted = (): Promise<unknown> =>
      tab.waitForResponse((answer) => answer.url().includes('/v0/events') && answer.status() === 202);
    await Promise.all([accepted(), tab.goto(origin)]);
    await Promise.all([accepted(), tab.getByText('Buy').click()]);
    const wait = {
      method: 'POST',
      body: '{"timestamp":"2026-01-01T00:00:00.000Z","action":"last","version":"1","session_id":"s","payload":"{}"}',
    };
    await hub.fetch('/v0/events?name=analytics_events&wait=true', wait);
    const sql =
      "SELECT action, payload->>'customer' AS customer FROM analytics_events WHERE action <> 'last' ORDER BY action";
    const answer = await hub.fetch(`/v0/sql?q=${encodeURIComponent(sql)}`);
    expect(((await answer.json()) as { data: unknown }).data).toEqual([
      { action: 'buy', customer: 'acme' },
      { action: 'page_hit', customer: 'acme' },
    ]);
  });
});
