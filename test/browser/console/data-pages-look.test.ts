import type { Browser, Page } from 'playwright-core';
import { TestHub } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { expectAccessible, LOOKS, overflow } from './support/accessibility';
import { ConsolePage } from './support/console-page';
import { pushSchema, sendRows } from './support/data-sources';

const QUERY = 'SELECT city, n FROM visits';

/** Each page in a state that has most on it. */
const PAGES: readonly (readonly [at: string, shown: (page: Page) => Promise<void>])[] = [
  ['#/data-sources', (page) => page.getByRole('link', { name: 'visits' }).waitFor()],
  ['#/data-sources?create=rows', (page) => page.getByRole('button', { name: 'Create it' }).waitFor()],
  ['#/data-sources/visits', (page) => page.getByText('Köln').waitFor()],
  [
    '#/data-sources/visits?tab=quarantine',
    async (page) => {
      await page.getByRole('button', { name: 'Fix this row' }).first().click();
      await page.getByRole('button', { name: 'Store it' }).waitFor();
    },
  ],
  ['#/data-sources/visits?tab=schema', (page) => page.getByText('ENGINE_TTL').waitFor()],
  ['#/data-sources/visits?tab=remove', (page) => page.getByText('Delete the data source…').waitFor()],
  ['#/sql', (page) => page.getByRole('button', { name: 'SELECT * FROM visits LIMIT 100' }).waitFor()],
  [`#/sql?q=${encodeURIComponent(QUERY)}`, (page) => page.getByText('Köln').waitFor()],
  [
    `#/sql?q=${encodeURIComponent(`${QUERY} WHERE TRUE`)}`,
    async (page) => {
      await page.getByRole('tab', { name: 'Chart' }).click();
      await page.getByText('n by city').waitFor();
    },
  ],
  ['#/sql?q=SELECT+citty+FROM+visits', (page) => page.getByText('no such column: citty').waitFor()],
  [
    '#/tokens',
    async (page) => {
      await page.getByRole('button', { name: 'Add another topic' }).click();
      await page.getByRole('button', { name: 'Make the token' }).waitFor();
    },
  ],
  ['#/server', (page) => page.getByRole('region', { name: 'Space' }).waitFor()],
];

describe('the pages of data sources, SQL, tokens and the server', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each(LOOKS)(
    'have nothing that axe finds serious, and fit, at $width px, $colorScheme',
    async ({ width, ...look }) => {
      const hub = await TestHub.start({ shutdownTimeout: 200 });
      await pushSchema(
        hub,
        'visits',
        '`city` String',
        '`n` Int64',
        '`tags` Array(String)\n\nENGINE_TTL "n + toIntervalDay(9)"',
      );
      await sendRows(
        hub,
        'visits',
        `{"city":"Köln","n":9007199254740993,"tags":["${'x'.repeat(500)}"]}`,
        '{"city":5,"n":"x"}',
      );
      const options = { ...look, viewport: { width, height: 900 } };
      const { page } = await ConsolePage.open(browser, hub, options);
      for (const [at, shown] of PAGES) {
        await page.evaluate(`location.hash = ${JSON.stringify(at)}`);
        await shown(page);
        await expectAccessible(page);
        expect([at, await overflow(page)]).toEqual([at, 0]);
      }
    },
  );
});
