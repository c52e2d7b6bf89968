import path from 'node:path';
import type { Browser } from 'playwright-core';
import { TestHub } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { ConsolePage } from './support/console-page';

describe('look', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });

  it('looks', async () => {
    const hub = await TestHub.start();
    const now = BigInt(Date.now()) * 1000000n;
    const events = Array.from(
      { length: 3000 },
      (_, i) =>
        `{"id":"${['Speed', 'Speed', 'Speed', 'Gear', 'Alert', 'Lap'][(i * 7) % 6]}","timestamp":${now - BigInt(3000 - i) * 700000123n},"value":${JSON.stringify(i % 10 === 0 ? '{"lap":12345678901234567890,"sector":[1,2.50,3]}' : i % 333 === 0 ? 'x'.repeat(5000) : String(100 + (i % 50)) + ' km/h')},"tags":{"car":"${i % 3}","driver":"Ada"}}`,
    );
    for (let i = 0; i < 3000; i += 1000)
      expect(
        (await hub.post('/topics/cars/streams/car-1/events/data', '[' + events.slice(i, i + 1000).join(',') + ']'))
          .status,
      ).toBe(200);
    await hub.post(
      '/topics/cars/streams/car-1/events/data',
      `[{"id":"Alert","timestamp":${Date.now()},"value":"in the wrong unit"}]`,
    );
    const n = 2000;
    const params = {
      epoch: String(now - 2000n * 500000000n),
      timestamps: Array.from({ length: n }, (_, i) => i * 500000000 + (i > 1200 ? 200e9 : 0)),
      numericValues: {
        Speed: Array.from({ length: n }, (_, i) => 120 + 40 * Math.sin(i / 60) + (i % 7)),
        Gear: Array.from({ length: n }, (_, i) => 1 + Math.floor((i / 100) % 6)),
      },
      stringValues: { Radio: Array.from({ length: n }, (_, i) => (i % 500 === 0 ? 'box, box' : null)) },
    };
    const answer = await hub.post('/topics/cars/streams/car-1/parameters/data', params);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    await hub.fetch('/topics/cars/streams/car-1/parameters', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        { id: 'Speed', unit: 'km/h', name: 'Ground speed', location: '/chassis', minimumValue: 0, maximumValue: 400 },
      ]),
    });
    for (const [scheme, width, height] of [
      ['light', 1440, 900],
      ['dark', 1440, 900],
      ['light', 1024, 800],
      ['dark', 390, 844],
    ] as const) {
      const opened = await ConsolePage.open(browser, hub, {
        at: '#/topics/cars/streams/car-1',
        viewport: { width, height },
        colorScheme: scheme,
      });
      const { page } = opened;
      await page
        .getByText(/^Live · \d/)
        .first()
        .waitFor();
      const shot = (name: string) =>
        page.screenshot({ path: path.join('/tmp/w/c2shots', `${name}-${scheme}-${width}.png`), fullPage: true });
      await page.waitForTimeout(1500);
      await shot('tail');
      await page.locator('.tail-row').nth(12).click();
      await page.waitForTimeout(300);
      await shot('detail');
      await opened.go('#/topics/cars/streams/car-1?tab=parameters&parameter=Speed&parameter=Gear&parameter=Radio');
      await page.waitForTimeout(1500);
      await shot('params');
      await opened.go('#/topics/cars/streams/car-1?tab=about');
      await page.waitForTimeout(700);
      await shot('about');
      await opened.go('#/topics/cars/events?range=hour&id=Alert&tag=car%3D1');
      await page.waitForTimeout(1200);
      await shot('topic');
      console.log(
        scheme,
        width,
        opened.complaints,
        await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
      );
    }
  });
});
