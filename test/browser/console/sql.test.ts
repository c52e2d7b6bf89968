import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { TestHub } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { ConsolePage } from './support/console-page';
import { pushSchema, sendRows } from './support/data-sources';

const at = (query: string): string => `#/sql?q=${encodeURIComponent(query)}`;

describe('the page of SQL', () => {
  let browser: Browser;
  let hub: TestHub;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    hub = await TestHub.start({ shutdownTimeout: 200 });
    await pushSchema(hub, 'visits', '`city` String', '`n` Int64');
    await sendRows(
      hub,
      'visits',
      '{"city":"Köln","n":9007199254740993}',
      '{"city":"=1+1","n":-5}',
      '{"city":"<b>x</b>","n":1}',
    );
  });

  const editor = (page: Page) => page.getByRole('textbox', { name: 'Query' });
  const result = (page: Page) => page.getByRole('region', { name: 'Rows of the result' });

  it('suggests tables, their columns and functions, runs by keys, and breaks no rule of its Content-Security-Policy', async () => {
    const { page, complaints } = await ConsolePage.open(browser, hub, { at: '#/sql' });
    await editor(page).click();
    await page.keyboard.type('SELECT  FROM vis');
    await page.getByRole('option', { name: /^visits\s*data source/ }).click();
    for (let step = 0; step < ' FROM visits'.length; step += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('cit');
    await page.getByRole('option', { name: /city.*String/ }).click();
    await page.keyboard.type(', cou');
    await page.getByRole('option', { name: /count/ }).first().click();
    await page.keyboard.type('*) AS much');
    await page.keyboard.press('End');
    await page.keyboard.type(' GROUP BY city ORDER BY city');
    await page.keyboard.press('Control+Enter');
    await result(page).getByText('Köln').waitFor();
    expect(decodeURIComponent(page.url().replaceAll('+', ' '))).toContain(
      '#/sql?q=SELECT city, count(*) AS much FROM visits GROUP BY city ORDER BY city',
    );
    expect(complaints).toEqual([]);
  });

  it('shows each digit, HTML as text, and how long it took', async () => {
    const { page } = await ConsolePage.open(browser, hub, { at: at('SELECT city, n FROM visits ORDER BY n DESC') });
    await result(page).getByText('9007199254740993').waitFor();
    expect(await result(page).getByRole('row').allInnerTexts()).toEqual([
      'city\tn',
      'Köln\t9007199254740993',
      '<b>x</b>\t1',
      '=1+1\t-5',
    ]);
    await page.getByText(/^3 rows · \d+ ms/).waitFor();
  });

  it('underlines what is wrong with a query, and says it in the server’s words', async () => {
    const { page } = await ConsolePage.open(browser, hub, { at: at('SELECT n,\n  citty\nFROM visits') });
    await page.getByText('no such column: citty').waitFor();
    expect(await page.locator('.cm-query-error').allInnerTexts()).toEqual(['citty']);
    await page.getByRole('button', { name: 'Line 2, column 3' }).click();
    await page.keyboard.press('Delete');
    expect(await page.locator('.cm-query-error').count()).toBe(0);
  });

  it('says that a query took too long after one run of it', async () => {
    const slow = await TestHub.start({ shutdownTimeout: 200, sqlTimeout: 300 });
    const endless = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r';
    const { page } = await ConsolePage.open(browser, slow, { at: at(endless) });
    await page.getByText('the query took longer than 300 ms and was stopped').waitFor();
    expect(await slow.read('/metrics')).toMatch(/^writer_hub_sql_seconds_count\{outcome="query_timeout"\} 1$/m);
  });

  it('shows the first rows, says so, and shows more when asked', async () => {
    const many = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 250) SELECT n FROM r';
    const { page } = await ConsolePage.open(browser, hub, { at: at(many) });
    await page.getByText('The first 100 of 250 rows').waitFor();
    expect(await result(page).getByRole('row').count()).toBe(101);
    await page.getByLabel('Show the first').selectOption('1000');
    await page.getByText(/^250 rows/).waitFor();
    expect(await result(page).getByRole('row').count()).toBe(251);
  });

  it('saves all rows as CSV, to the digit, in which no text is a formula', async () => {
    const { page } = await ConsolePage.open(browser, hub, { at: at('SELECT city, n FROM visits ORDER BY n -- all') });
    await result(page).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('result.csv');
    expect(readFileSync(await file.path(), 'utf8')).toBe(
      "city,n\r\n'=1+1,-5\r\n<b>x</b>,1\r\nKöln,9007199254740993\r\n",
    );
    expect(await page.getByRole('button', { name: 'Download Parquet' }).count()).toBe(0);
  });

  it('draws a result over time as lines, and else as bars', async () => {
    const { page } = await ConsolePage.open(browser, hub, { at: at('SELECT city, n FROM visits WHERE n < 100') });
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.getByText('n by city').waitFor();
    await page.evaluate(
      `location.hash = ${JSON.stringify(at("SELECT '2026-03-29 0' || n || ':00:00' AS t, n FROM (SELECT 1 AS n UNION ALL SELECT 2)"))}`,
    );
    await page.getByRole('figure', { name: 'n over t' }).waitFor();
  });

  it('draws a result of one row as a point', async () => {
    const { page } = await ConsolePage.open(browser, hub, { at: at("SELECT '2026-03-29 01:00:00' AS t, 42 AS n") });
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.locator('.chart-frame canvas').waitFor();
    // What is blue, as the first series is.
    const blue = await page.evaluate(`(() => {
      const canvas = document.querySelector('.chart-frame canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, at) => at % 4 === 2 && value > data[at - 2] + 100 && data[at + 1] === 255).length;
    })()`);
    expect(blue).toBeGreaterThan(10);
  });

  it('has in the table of a chart and in its legend the digits of the result', async () => {
    const big =
      "SELECT '2026-03-29 01:00:00' AS ts, 9007199254740993 AS big UNION ALL SELECT '2026-03-29 02:00:00', 9007199254740995";
    const { page } = await ConsolePage.open(browser, hub, { at: at(big) });
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.locator('.legend').getByText('9007199254740995', { exact: true }).waitFor();
    await page.getByText('As a table').click();
    const cells = page.getByRole('figure').getByRole('cell');
    await cells.getByText('9007199254740993', { exact: true }).waitFor();
    expect(await cells.getByText('9007199254740992').count()).toBe(0);
  });

  it.each([
    ["SELECT 'abc", /^unrecognized token: "'abc"$/, "'abc"],
    ['SELECT 1 AS one FORMAT Foo', /^there is no format "?Foo/, 'Foo'],
    ['SELECT load_extension(1)', /function/, 'load_extension'],
  ])('says of %s what the server says of it as it is, and where', async (query, said, marked) => {
    const { page } = await ConsolePage.open(browser, hub, { at: at(query) });
    await page.locator('.query-error p').getByText(said).waitFor();
    expect(await page.locator('.cm-query-error').allInnerTexts()).toEqual([marked]);
  });

  it('keeps the last queries in the browser, and runs one again', async () => {
    const { page } = await ConsolePage.open(browser, hub, { at: at('SELECT 1 AS one') });
    await result(page).waitFor();
    await page.evaluate(`location.hash = ${JSON.stringify(at('SELECT 2 AS two'))}`);
    await result(page).getByText('two').waitFor();
    await page.reload();
    await page.getByText('Last queries').click();
    await page.getByRole('button', { name: 'SELECT 1 AS one' }).click();
    await result(page).getByText('one').waitFor();
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('eyJ');
  });

  it('gives a query up when asked', async () => {
    const endless = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r';
    const { page } = await ConsolePage.open(browser, hub, { at: at(endless) });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: /^Run/ }).waitFor();
    await page.getByText(/^Cancelled after \d/).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
