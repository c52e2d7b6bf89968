import type { BrowserContextOptions, Page } from 'playwright-core';
import { token } from '../../support/test-hub';
import { BrowserAndHub } from '../support/browser-and-hub';
import { ConsolePage } from './support/console-page';
import { append } from './support/event-batches';

const STREAM = '#/topics/cars/streams/car-1';
const SECOND = 1_000_000_000n;

describe('the charts of a stream', () => {
  const own = new BrowserAndHub();

  const open = async (
    at: string,
    options: BrowserContextOptions & { readonly bearer?: string } = {},
  ): Promise<{ console: ConsolePage; page: Page }> => {
    const opened = await ConsolePage.open(own.browser, own.hub, { at, ...options });
    return { console: opened, page: opened.page };
  };

  const sendSamples = async (data: Readonly<Record<string, unknown>>): Promise<void> => {
    const answer = await own.hub.post('/topics/cars/streams/car-1/parameters/data', data);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  };

  /** The texts of a table, row by row, that stands for a chart. */
  const table = async (page: Page, label: string | RegExp): Promise<string[][]> => {
    const rows = await page.getByRole('region', { name: label }).locator('tbody tr').all();
    return Promise.all(rows.map((row) => row.locator('td').allTextContents()));
  };

  it('count events by id over time, of those loaded and, with SQL, of all that are stored', async () => {
    const now = BigInt(Date.now()) * 1_000_000n;
    await append(
      own.hub,
      'car-1',
      Array.from({ length: 1_000 }, (_, index) => ({
        id: index % 4 === 0 ? 'Alert' : 'Speed',
        value: 'x',
        timestamp: now - BigInt(1_000 - index) * SECOND,
      })),
    );
    const { page, console: opened } = await open(STREAM);
    await page.getByText(/^200 events loaded here, by \d+s$/).waitFor();
    await page.getByLabel('Which events').selectOption('hour');
    await page.getByText(/^1,000 events, by 30s, counted with SQL at /).waitFor();
    const legend = page.locator('.histogram .legend li');
    expect(await legend.allTextContents()).toEqual(['Speed 750', 'Alert 250']);
    expect(new URL(page.url()).hash).toBe(`${STREAM}?range=hour`);
    expect(opened.complaints).toEqual([]);
  });

  it('leave out events whose time is in another unit, and say so', async () => {
    await append(own.hub, 'car-1', [{ value: 'x' }, { value: 'y', timestamp: 1_790_000_000_000n }]);
    const { page } = await open(STREAM);
    await page.getByText(/^1 event loaded here, .*; 1 with times in another unit left out$/).waitFor();
  });

  it('say what is wrong where SQL does not answer', async () => {
    await append(own.hub, 'car-1', [{ value: 'x' }]);
    const { page } = await open(`${STREAM}?range=day`, { bearer: token('read:car*') });
    await page.getByText(/counted with SQL/).waitFor();
    const { page: other } = await open(`#/topics/none/streams/x?range=day`, { bearer: token('read:none') });
    await other.locator('.histogram').getByRole('alert').waitFor();
  });

  it('show a parameter summed up to the pixel, with gaps, and load finer buckets when zoomed', async () => {
    const epoch = 1_790_000_000n * SECOND;
    await own.hub.fetch('/topics/cars/streams/car-1/parameters', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ id: 'Speed', name: 'Ground speed', unit: 'km/h' }]),
    });
    for (let part = 0; part < 10; part++) {
      await sendSamples({
        epoch: String(epoch + BigInt(part) * 900n * SECOND),
        timestamps: Array.from({ length: 5_000 }, (_, index) => index * 100_000_000),
        numericValues: {
          Speed: Array.from({ length: 5_000 }, (_, index) => (part === 7 && index === 1_234 ? 999 : index % 100)),
        },
      });
    }
    const { page, console: opened } = await open(`${STREAM}?tab=parameters`);
    await page.getByRole('heading', { name: /^Speed Ground speed · a bucket each 15s$/ }).waitFor();
    await page.getByText('As a table').first().click();
    const rows = await table(page, /^Speed over time/);
    // The one spike among 50,000 samples is not lost.
    expect(rows.filter(([, , greatest]) => greatest === '999')).toHaveLength(1);
    const canvas = (await page.locator('.chart-frame canvas').boundingBox())!;
    await page.mouse.move(canvas.x + canvas.width * 0.5, canvas.y + 60);
    await page.mouse.down();
    await page.mouse.move(canvas.x + canvas.width * 0.53, canvas.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('heading', { name: /a bucket each (500ms|1s)$/ }).waitFor();
    const zoomed = new URL(page.url()).hash;
    expect(zoomed).toMatch(/from=\d{19}&to=\d{19}/);
    await page.getByRole('button', { name: 'Everything' }).click();
    await page.getByRole('heading', { name: /a bucket each 15s$/ }).waitFor();
    await page.goBack();
    expect(opened.complaints).toEqual([]);
  });

  it('go on with the samples that come', async () => {
    await sendSamples({ epoch: '1790000000000000000', timestamps: [0, 1e9], numericValues: { Speed: [1, 2] } });
    const { page } = await open(`${STREAM}?tab=parameters`);
    await page.getByText('mean 2', { exact: false }).first().waitFor();
    await sendSamples({ epoch: '1790000000000000000', timestamps: [2e9], numericValues: { Speed: [77.5] } });
    const mean = page.locator('.parameter-chart .legend li', { hasText: 'mean' });
    await mean.getByText('77.5').waitFor();
  });

  it('show parameters of text in a table, and markup as text', async () => {
    const id = '<b>Radio';
    await sendSamples({
      timestamps: ['1790000000000000000'],
      stringValues: { [id]: ['<img src=x onerror="document.title=1">'] },
    });
    const { page, console: opened } = await open(`${STREAM}?tab=parameters&parameter=${encodeURIComponent(id)}`);
    await page.getByText('<img src=x').waitFor();
    expect(await page.locator('#page :is(img, b)').count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });

  it.each([
    ['Local', ['00:00\n2026-03-29', '01:00', '03:00\nUTC+02:00', '04:00']],
    ['UTC', ['23:00\n2026-03-28', '00:00\n2026-03-29', '01:00', '02:00']],
  ])('have an axis that is right when clocks go forward in Paris, in %s', async (zone, ticks) => {
    const from = BigInt(Date.parse('2026-03-28T23:00:00Z')) * 1_000_000n;
    await sendSamples({
      epoch: String(from),
      timestamps: Array.from({ length: 4 * 60 }, (_, minute) => minute * 60e9),
      numericValues: { Speed: Array.from({ length: 4 * 60 }, (_, minute) => minute) },
    });
    const { page } = await open(`${STREAM}?tab=parameters`, {
      timezoneId: 'Europe/Paris',
      viewport: { width: 1180, height: 900 },
    });
    // What is drawn on a canvas cannot be read back: what is written on it is noted.
    await page.evaluate(`
      globalThis.written = [];
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        written.push(text);
        return fillText.call(this, text, ...rest);
      };`);
    await page.getByRole('radio', { name: zone }).check();
    await page.setViewportSize({ width: 1170, height: 900 });
    const expected = ticks.flatMap((tick) => tick.split('\n'));
    const all = `${JSON.stringify(expected)}.every((text) => written.includes(text))`;
    while (!(await page.evaluate<boolean>(all))) {
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
    }
    if (zone === 'Local') expect(await page.evaluate("written.includes('02:00')")).toBe(false);
  });

  it.each([
    ['light', 1440],
    ['dark', 1024],
    ['light', 390],
  ] as const)('fit into their window, in %s at %d', async (colorScheme, width) => {
    await sendSamples({ timestamps: ['1790000000000000000', '1790000001000000000'], numericValues: { Speed: [1, 2] } });
    const { page } = await open(`${STREAM}?tab=parameters`, { colorScheme, viewport: { width, height: 900 } });
    await page.locator('.chart-frame canvas').waitFor();
    await page.setViewportSize({ width: width - 60, height: 900 });
    while ((await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')) > 0) {
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
    }
    const frame = (await page.locator('.chart-frame').boundingBox())!;
    expect(frame.width).toBeLessThanOrEqual(width - 60);
  });
});
