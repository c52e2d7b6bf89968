import type { Browser } from 'playwright-core';
import { TestHub } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { ConsolePage } from './support/console-page';

describe('the page at /', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each([
    ['#/topics', 'Topics'],
    ['#/welcome', 'Send your first event'],
    ['#/sql', 'SQL'],
    ['#/send', 'Send an event'],
    ['#/tokens', 'Tokens'],
    ['#/server', 'Server'],
  ])('has a page at %s, and breaks no rule of its Content-Security-Policy', async (at, heading) => {
    const hub = await TestHub.start();
    const opened = await ConsolePage.open(browser, hub, { at });
    await opened.heading(heading);
    await opened.page.getByText('Live', { exact: true }).waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
