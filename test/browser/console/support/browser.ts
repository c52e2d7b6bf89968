import type { Browser } from 'playwright-core';
import { launchChromium } from '../../support/chromium';

/** A browser for all tests of a file. */
export function sharedBrowser(): () => Browser {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  return () => browser;
}
