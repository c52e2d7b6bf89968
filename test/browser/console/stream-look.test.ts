import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { TestHub } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { expectAccessible } from './support/accessibility';
import { ConsolePage } from './support/console-page';
import { append } from './support/event-batches';
import { StreamView } from './support/stream-view';

const STREAM = '#/topics/cars/streams/car-1';
const SECOND = 1_000_000_000n;
const IDS = ['Speed', 'Speed', 'Gear', 'Speed', 'Lap', 'Alert'];

describe('the page of a stream', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  /** A stream as it is in use: several ids, JSON and text, large values, parameters with a gap, definitions. */
  const fill = async (hub: TestHub): Promise<void> => {
    const now = BigInt(Date.now()) * 1_000_000n;
    const json = (body: unknown): RequestInit => ({
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const stream = '/topics/cars/streams/car-1';
    await hub.fetch(stream, json({ name: 'Car 1', location: '/Monza', metadata: { driver: 'Ada', chassis: 'C-17' } }));
    await hub.fetch(
      `${stream}/parameters`,
      json([
        { id: 'Speed', name: 'Ground speed', unit: 'km/h', location: '/chassis', minimumValue: 0, maximumValue: 400 },
      ]),
    );
    await hub.fetch(`${stream}/events`, json([{ id: 'Alert', level: 'Warning', description: 'Somebody should look' }]));
    const value = (index: number): string => {
      if (index % 9 === 0) return `{"lap":${index},"sector":[31.20,28.75,30.01],"trace":12345678901234567890}`;
      return index % 97 === 5 ? 'telemetry '.repeat(700) : `${120 + (index % 60)} km/h`;
    };
    await append(
      hub,
      'car-1',
      Array.from({ length: 1_500 }, (_, index) => ({
        id: IDS[(index * index) % IDS.length]!,
        value: value(index),
        timestamp: now - BigInt(1_500 - index) * 730_000_123n - BigInt((index * index) % 7) * SECOND,
        tags: { car: '1', driver: index % 2 === 0 ? 'Ada' : 'Grace' },
      })),
    );
    const gap = (index: number): number => (index > 1_300 ? 120e9 : 0);
    const answer = await hub.post(`${stream}/parameters/data`, {
      epoch: String(now - 1_500n * SECOND),
      timestamps: Array.from({ length: 2_000 }, (_, index) => index * 600_000_000 + gap(index)),
      numericValues: {
        Speed: Array.from({ length: 2_000 }, (_, index) => 190 + 80 * Math.sin(index / 70) + ((index * 37) % 23)),
        Gear: Array.from({ length: 2_000 }, (_, index) => 1 + (Math.floor(index / 80) % 7)),
      },
      stringValues: { Radio: Array.from({ length: 2_000 }, (_, index) => (index % 400 === 7 ? 'box, box' : null)) },
    });
    expect(answer.status).toBe(200);
  };

  const shoot = async (page: Page, name: string): Promise<void> => {
    const folder = process.env['SCREENSHOTS'];
    if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
  };

  const fits = async (page: Page): Promise<void> => {
    const wide = await page.evaluate<string[]>(`[...document.querySelectorAll('#page *')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.table-scroller, .visually-hidden'))
      .map((one) => one.className)`);
    const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect([beyond, beyond === 0 ? [] : wide]).toEqual([0, []]);
  };

  it.each([
    ['light', 1440, 900],
    ['dark', 1440, 900],
    ['light', 1024, 768],
    ['dark', 390, 844],
    ['light', 390, 844],
  ] as const)('fits into its window and can be used by all, in %s at %d', async (colorScheme, width, height) => {
    const hub = await TestHub.start();
    await fill(hub);
    const opened = await ConsolePage.open(browser, hub, { at: STREAM, colorScheme, viewport: { width, height } });
    const view = new StreamView(opened.page);
    const { page } = view;
    const name = (part: string): string => `stream-${part}-${colorScheme}-${width}`;
    await view.live();
    const shows = page.getByRole('button', { name: 'Events over time' });
    expect(await shows.getAttribute('aria-expanded')).toBe(String(width >= 768));
    if (width >= 768) await page.locator('.chart-frame canvas').waitFor();
    await fits(page);
    await expectAccessible(page);
    await shoot(page, name('events'));
    await page.locator('.tail-row').filter({ hasText: 'sector' }).last().click();
    await view.detail.getByText('Format as JSON').click();
    await fits(page);
    await expectAccessible(page);
    await shoot(page, name('detail'));
    await view.detail.getByRole('button', { name: 'Close the event' }).click();
    if (width < 768) await page.getByRole('button', { name: 'Filter and more' }).click();
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByRole('button', { name: 'Download' }).click();
    await fits(page);
    await expectAccessible(page);
    await shoot(page, name('tools'));
    await page.getByRole('tab', { name: 'Parameters' }).click();
    await page.locator('.parameter-chart canvas').nth(1).waitFor();
    await page.locator('.parameter-chart').first().getByText('As a table').click();
    await page
      .getByRole('region', { name: /^Gear over time|^Speed over time/ })
      .first()
      .waitFor();
    await fits(page);
    await expectAccessible(page);
    await page.locator('.parameter-chart').first().getByText('As a table').click();
    await shoot(page, name('parameters'));
    await page.getByRole('tab', { name: 'About' }).click();
    await page.getByText('Ground speed').waitFor();
    await fits(page);
    await expectAccessible(page);
    await shoot(page, name('about'));
    await opened.go('#/topics/cars/events?id=Alert&tag=driver%3DAda&range=hour');
    await shows.waitFor();
    if (width < 768) await shows.click();
    await page.getByText(/counted with SQL/).waitFor();
    await fits(page);
    await expectAccessible(page);
    await shoot(page, name('topic'));
    expect(opened.complaints).toEqual([]);
  });
});
