import { BrowserAndHub } from '../support/browser-and-hub';
import { ConsolePage } from './support/console-page';
import { append, numbered } from './support/event-batches';
import { StreamView } from './support/stream-view';

const STREAM = '#/topics/cars/streams/car-1';

/** Counts, in the page: frames, changes of the list, and tasks that held the page up for more than 50 ms. */
const COUNTERS = `
  globalThis.counted = { frames: 0, drawings: 0, longTasks: 0, rows: 0 };
  const frame = () => { counted.frames += 1; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => { counted.longTasks += list.getEntries().length; }).observe({ type: 'longtask' });
  new MutationObserver(() => {
    counted.drawings += 1;
    counted.rows = Math.max(counted.rows, document.querySelectorAll('.tail-row').length);
  }).observe(document.querySelector('.virtual-rows'), { childList: true, subtree: true, characterData: true });
`;

interface Counted {
  readonly frames: number;
  readonly drawings: number;
  readonly longTasks: number;
  readonly rows: number;
}

describe('a stream of many events', () => {
  const own = new BrowserAndHub();

  const open = async (at = STREAM): Promise<StreamView> =>
    new StreamView((await ConsolePage.open(own.browser, own.hub, { at })).page);

  const counted = (view: StreamView): Promise<Counted> => view.page.evaluate<Counted>('counted');

  const firstNumber = async (view: StreamView): Promise<number> =>
    Number(/no (\d+);/.exec((await view.values())[0] ?? '')?.[1]);

  it('is scrolled back through, 100,000 events, with a few rows in the document', async () => {
    await append(own.hub, 'car-1', numbered(1, 100_000));
    const view = await open();
    await view.shows('no 100000;');
    await view.live();
    await view.rail.focus();
    await view.page.keyboard.press('Home');
    await view.shows('no 1;');
    // On from the oldest by the page's own steps: what follows is loaded as it is reached.
    await view.list.focus();
    const seen = new Set(await view.values());
    for (let steps = 0; !seen.has('no 700;'); steps++) {
      await view.page.keyboard.press('PageDown');
      await view.frame();
      for (const value of await view.values()) seen.add(value);
      expect(steps).toBeLessThan(2_000);
    }
    for (const { value } of numbered(1, 700)) expect(seen).toContain(value);
    // To the middle, where the scrollbar says so, and from there back to older ones.
    const { x, y, width, height } = (await view.rail.boundingBox())!;
    await view.page.mouse.click(x + width / 2, y + height / 2);
    await view.until(
      `Math.abs(Number(/no (\\d+);/.exec(document.querySelector('.tail-value').textContent)[1]) - 50000) < 2500`,
    );
    await view.list.focus();
    const middle = await firstNumber(view);
    for (let wanted = middle; wanted > middle - 700;) {
      await view.page.keyboard.press('PageUp');
      wanted = Math.min(wanted, await firstNumber(view));
    }
    expect(await view.page.locator('.tail-row').count()).toBeLessThan(100);
    expect(Number(await view.list.getAttribute('aria-rowcount'))).toBeLessThanOrEqual(5_000);
    await view.page.keyboard.press('End');
    await view.shows('no 100000;');
  });

  it('is scrolled to its first event row by row, and holds a part of what it came through', async () => {
    await append(own.hub, 'car-1', numbered(1, 12_000));
    const view = await open();
    await view.shows('no 12000;');
    await view.live();
    await view.list.focus();
    while ((await view.row('no 1;').count()) === 0) {
      await view.scrollTo(0);
      await view.frame();
    }
    await view.scrollTo(0);
    await view.shows('no 2;');
    expect((await view.values()).slice(0, 3)).toEqual(['no 1;', 'no 2;', 'no 3;']);
    expect(Number(await view.list.getAttribute('aria-rowcount'))).toBe(5_000);
    await view.resume();
    await view.shows('no 12000;');
  });

  it('goes on searching through older events when asked, and says how many it has looked through', async () => {
    await append(own.hub, 'car-1', [{ id: 'Rare', value: 'found at last' }, ...numbered(1, 30_000)]);
    const view = await open(`${STREAM}?id=Rare`);
    await view.page.getByText(/^20,000 older events were looked through/).waitFor();
    await view.page.getByRole('button', { name: 'Look further back' }).click();
    await view.shows('found at last');
  });

  it('keeps up with 5,000 events a second: draws less than once a frame, counts every event, loses none', async () => {
    await append(own.hub, 'car-1', numbered(1, 10));
    const view = await open();
    await view.shows('no 10;');
    await view.live();
    await view.page.evaluate(COUNTERS);
    const sender = await own.hub.connect();
    const send = async (first: number, last: number): Promise<void> => {
      const events = numbered(first, last).map(({ value }) => ({
        id: 'speed',
        timestamp: '1790000000000000000',
        value,
      }));
      await sender.invoke('SendEventData', 'cars', 'car-1', events);
    };
    // Batches of 250, paced by the browser's own frames: about twenty a second.
    const nextFrames = (): Promise<unknown> =>
      view.page.evaluate('new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 45))');
    for (let first = 11; first <= 15_010; first += 250) {
      await Promise.all([send(first, first + 249), nextFrames()]);
    }
    await view.shows('no 15010;');
    const whileFollowed = await counted(view);
    expect(whileFollowed.drawings).toBeGreaterThan(0);
    expect(whileFollowed.drawings).toBeLessThanOrEqual(whileFollowed.frames);
    expect(whileFollowed.rows).toBeLessThan(100);
    // Most drawings hold up nobody; a machine with other work to do makes some tasks long.
    expect(whileFollowed.longTasks).toBeLessThan(whileFollowed.frames / 4);
    await view.pause();
    for (let first = 15_011; first <= 20_010; first += 1_000) await send(first, first + 999);
    await view.counts('5,000');
    await view.resume();
    await view.shows('no 20010;');
    expect(await view.page.locator('.tail-row').count()).toBeLessThan(100);
  });

  it('leaves out nothing in silence when more comes than can be shown', async () => {
    await append(own.hub, 'car-1', numbered(1, 10));
    const view = await open('#/topics/cars/events');
    await view.shows('no 10;');
    await view.live();
    await append(own.hub, 'car-1', numbered(11, 120_000));
    await view.shows('no 120000;');
    await view.pause();
    const count = Number(await view.list.getAttribute('aria-rowcount'));
    for (let top = count * 30; top > 0; top -= 450) {
      await view.scrollTo(top);
      await view.frame();
      // Whatever is loaded meanwhile, of rows that stand beside each other nothing is missing.
      let last: number | undefined;
      for (const text of await view.page.locator('.tail-row').allTextContents()) {
        const skipped = /^skipped ([\d,]+) events/.exec(text)?.[1];
        const number = skipped === undefined ? Number(/no (\d+);/.exec(text)?.[1]) : undefined;
        if (last !== undefined && number !== undefined) expect(number).toBe(last + 1);
        last = number ?? (last === undefined ? undefined : last + Number(skipped!.replaceAll(',', '')));
      }
    }
  });

  it('draws nothing while nothing comes', async () => {
    await append(own.hub, 'car-1', numbered(1, 500));
    const view = await open();
    await view.shows('no 500;');
    await view.live();
    await view.page.evaluate(COUNTERS);
    await view.until('counted.frames >= 90');
    expect((await counted(view)).drawings).toBe(0);
  });
});
