import type { Browser, Page } from 'playwright-core';
import { runExample } from '../examples/support/example';
import { launchChromium } from './support/chromium';

describe('the page of examples/chat', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  const enter = async (url: string, room: string, name: string): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.fill('#room', room);
    await page.fill('#name', name);
    await page.click('#door button');
    await page.getByText('You are in.').waitFor();
    return page;
  };

  it('shows those in a room what the others say', async () => {
    const url = await runExample('chat');
    const ann = await enter(url, 'kitchen', 'Ann');
    const eve = await enter(url, 'cellar', 'Eve');
    const bob = await enter(url, 'kitchen', 'Bob');
    await ann.getByText('Bob: has come in').waitFor();
    await bob.fill('#text', 'tea?');
    await bob.click('#talk button');
    await ann.getByText('Bob: tea?').waitFor();
    await bob.close();
    await ann.getByText('Bob: has left').waitFor();
    expect(await eve.locator('#said li').allTextContents()).toEqual(['You are in.']);
  });
});
