import { readFileSync } from 'node:fs';
import type { BrowserContextOptions } from 'playwright-core';
import { CuttingProxy } from '../../conformance/support/cutting-proxy';
import { atEnd, temporaryDirectory, TestHub, token } from '../../support/test-hub';
import { BrowserAndHub } from '../support/browser-and-hub';
import { ConsolePage } from './support/console-page';
import { append, numbered, valued } from './support/event-batches';
import { StreamView } from './support/stream-view';

const STREAM = '#/topics/cars/streams/car-1';

describe('the events of a stream', () => {
  const own = new BrowserAndHub();

  const open = async (
    at = STREAM,
    options: BrowserContextOptions & { readonly bearer?: string } = {},
    server: Pick<TestHub, 'url'> = own.hub,
  ): Promise<{ console: ConsolePage; view: StreamView }> => {
    const opened = await ConsolePage.open(own.browser, server, { at, ...options });
    return { console: opened, view: new StreamView(opened.page) };
  };

  it('are there, and pop up as they come', async () => {
    await append(own.hub, 'car-1', valued('one', 'two'));
    const { view, console: opened } = await open();
    await view.live();
    await append(own.hub, 'car-1', valued('three'));
    await view.shows('three');
    expect(await view.values()).toEqual(['one', 'two', 'three']);
    expect(opened.complaints).toEqual([]);
  });

  it.each([
    ['a topic', '#/topics/later/events', undefined],
    ['a stream of a topic that is not there', '#/topics/later/streams/car-1', undefined],
    ['a stream of a topic that is there', '#/topics/later/streams/car-1', 'car-2'],
  ])('begin by themselves when %s is made', async (_, at, before) => {
    if (before !== undefined) await append(own.hub, before, valued('other'), 'later');
    const { view } = await open(at);
    await view.says(/^Waiting: .*It is shown as soon as it is made/);
    await append(own.hub, 'car-1', valued('first'), 'later');
    await view.shows('first');
    await view.live();
    await append(own.hub, 'car-1', valued('second'), 'later');
    await view.shows('second');
  });

  it.each([
    [1024, false],
    [1440, true],
  ])('keep room for the value beside long tags, %d pixels wide', async (width, isOpen) => {
    const long = 'a-long-value-of-a-tag-that-takes-all-the-room-there-is';
    const tags = { a: long, b: long, c: long, d: long };
    await append(own.hub, 'car-1', [{ id: 'an-id-that-is-long-too', value: 'the value is here', tags }]);
    const { view } = await open('#/topics/cars/events', { viewport: { width, height: 900 } });
    await view.shows('the value');
    if (isOpen) await view.row('the value').click();
    const { width: seen } = (await view.page.locator('.tail-value').first().boundingBox())!;
    expect(seen).toBeGreaterThan(120);
    expect(await view.page.evaluate(`document.querySelector('.tail-value').scrollWidth`)).toBeLessThanOrEqual(seen + 1);
  });

  it.each([
    ['?tag=novalue', '“novalue”, which is no name=value'],
    ['?tag==x', '“=x”, which is no name=value'],
    ['?order=bogus', 'There is no order “bogus”'],
    ['?tab=bogus', 'There is no tab “bogus”'],
  ])('say what of the address %s is not taken', async (query, said) => {
    await append(own.hub, 'car-1', valued('one'));
    const { view } = await open(`${STREAM}${query}`);
    await view.page.getByRole('alert').getByText(said).waitFor();
    await view.shows('one');
  });

  it('go with one press of Page Up by a page, and of Home to the oldest of all', async () => {
    await append(own.hub, 'car-1', numbered(1, 3_000));
    const { view } = await open();
    await view.shows('no 3000;');
    await view.live();
    await view.list.focus();
    const top = (): Promise<number> => view.page.evaluate<number>(`document.querySelector('#events').scrollTop`);
    const before = await top();
    await view.page.keyboard.press('PageUp');
    await view.counts('0');
    await view.frame();
    expect(before - (await top())).toBeGreaterThan(200);
    await view.resume();
    await view.live();
    await view.list.focus();
    await view.page.keyboard.press('Home');
    await view.shows('no 1;');
  });

  it('begin with the first one of a topic that is there', async () => {
    await append(own.hub, 'car-2', valued('of another'));
    const { view } = await open('#/topics/cars/events');
    await view.live();
    await append(own.hub, 'car-1', valued('first'));
    await view.shows('first');
    expect(await view.page.locator('.tail-stream').allTextContents()).toEqual(['car-2', 'car-1']);
  });

  it('stand still while paused, with a count of what came, and only their own scroller moves', async () => {
    await append(own.hub, 'car-1', numbered(1, 100));
    const { view } = await open();
    await view.shows('no 100;');
    await view.live();
    await view.pause();
    const before = await view.values();
    const scroll = await view.pageScroll();
    await append(own.hub, 'car-1', numbered(101, 1304));
    await view.counts('1,204');
    expect(await view.values()).toEqual(before);
    await view.resume();
    await view.shows('no 1304;');
    expect(await view.pageScroll()).toBe(scroll);
    expect(await view.page.getByRole('button', { name: 'Pause', exact: true }).count()).toBe(1);
  });

  it('pause when one scrolls away from their end, and say so', async () => {
    await append(own.hub, 'car-1', numbered(1, 150));
    const { view } = await open();
    await view.shows('no 150;');
    await view.live();
    await view.scrollTo(300);
    await view.counts('0');
    await append(own.hub, 'car-1', numbered(151, 151));
    await view.counts('1');
    await view.list.focus();
    await view.page.keyboard.press('End');
    await view.shows('no 151;');
    await view.page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  });

  it('show a row that says how many are left out, and load them', async () => {
    await append(own.hub, 'car-1', numbered(1, 10));
    const { view } = await open();
    await view.shows('no 10;');
    await view.live();
    await view.pause();
    await append(own.hub, 'car-1', numbered(11, 2510));
    await view.counts('2,500');
    await view.resume();
    await view.shows('no 2510;');
    await view.scrollTo(0);
    await view.shows('skipped 500 events · load');
    await view.page.getByRole('button', { name: 'load', exact: true }).click();
    await view.shows('no 11;');
    expect(await view.page.locator('.tail-gap').count()).toBe(0);
    expect((await view.values()).slice(0, 14)).toEqual(numbered(1, 14).map(({ value }) => value));
  });

  it.each([
    ['an id', '?id=Alert', ['a', 'c'], 'd'],
    ['one of two ids', '?id=Alert&id=Lap', ['a', 'b', 'c'], 'd'],
    ['a tag', '?tag=car%3D1', ['a', 'b'], 'd'],
    ['two tags', '?tag=car%3D1&tag=kind%3Dx', ['b'], 'd'],
    ['a text, in any case', '?text=BOX', ['c box'], 'd box'],
  ])('are filtered by %s, which stands in the address, stored and live', async (_, query, stored, next) => {
    const text = query.includes('text') ? ' box' : '';
    await append(own.hub, 'car-1', [
      { id: 'Alert', value: 'a', tags: { car: '1' } },
      { id: 'Lap', value: 'b', tags: { car: '1', kind: 'x' } },
      { id: 'Alert', value: `c${text}` },
      { id: 'Speed', value: 'other' },
    ]);
    const { view } = await open(STREAM + query);
    await view.live();
    expect(await view.values()).toEqual(stored);
    await append(own.hub, 'car-1', [
      { id: 'Speed', value: 'other' },
      { id: 'Alert', value: `d${text}`, tags: { car: '1', kind: 'x' } },
    ]);
    // A tag has this letter in it, too.
    await view.page.locator('.tail-value').getByText(next, { exact: true }).waitFor();
    expect(await view.values()).toEqual([...stored, next]);
  });

  it('are filtered by what is typed and clicked, and by nothing again', async () => {
    await append(own.hub, 'car-1', [
      { id: 'Alert', value: 'first', tags: { car: '1' } },
      { id: 'Alert', value: 'second', tags: { car: '2' } },
      { id: 'Lap', value: 'third', tags: { car: '1' } },
    ]);
    const { view, console: opened } = await open();
    await view.shows('third');
    await view.page.getByLabel('Id', { exact: true }).fill('Alert');
    await view.page.getByLabel('Id', { exact: true }).press('Enter');
    await view.page.getByText('id = Alert').waitFor();
    await view.row('third').waitFor({ state: 'detached' });
    await view.shows('second');
    expect(await view.values()).toEqual(['first', 'second']);
    await view.row('car=1').click();
    await view.detail.getByRole('button', { name: 'car = 1' }).click();
    await view.row('second').waitFor({ state: 'detached' });
    await view.shows('first');
    expect(new URL(view.page.url()).hash).toBe(`${STREAM}?id=Alert&tag=car%3D1`);
    await view.page.getByLabel('Tag', { exact: true }).fill('nonsense');
    await view.page.getByLabel('Tag', { exact: true }).press('Enter');
    await view.page.getByText('a tag is name=value').waitFor();
    await view.page.getByRole('button', { name: 'Show all' }).click();
    await view.shows('third');
    await view.page.getByLabel('Text', { exact: true }).fill('nothing like it');
    await view.page.getByText('No event matches yet').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  it('are ordered by arrival, or by time to the nanosecond', async () => {
    const at = 1_790_000_000_000_000_000n;
    await append(own.hub, 'car-1', [
      { value: 'late', timestamp: at + 2n },
      { value: 'early', timestamp: at + 1n },
      { value: 'latest', timestamp: at + 2n },
    ]);
    const { view } = await open();
    await view.shows('latest');
    expect(await view.values()).toEqual(['late', 'early', 'latest']);
    await view.page.getByLabel('Order').selectOption('time');
    await view.until("document.querySelector('.tail-value').textContent === 'early'");
    expect(await view.values()).toEqual(['early', 'late', 'latest']);
  });

  it('keep all digits: in the list, in the detail, in what is copied and downloaded', async () => {
    const value = '{"n":12345678901234567890,"f":1.10,"10":1,"9":2}';
    const timestamp = 1_790_000_000_123_456_789n;
    await append(own.hub, 'car-1', [
      { id: 'exact', value, timestamp, tags: { big: '9007199254740993' } },
      { id: '=cmd', value: '-12.5', timestamp: timestamp + 1n },
    ]);
    const { view, console: opened } = await open(STREAM, { timezoneId: 'Europe/Paris', acceptDownloads: true });
    await view.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await view.page.getByRole('checkbox', { name: /show nanoseconds/ }).check();
    await view.shows('2026-09-21 16:13:20.123456789');
    await view.page.getByRole('radio', { name: 'UTC' }).check();
    await view.shows('2026-09-21 14:13:20.123456789');
    await view.row('exact').click();
    for (const text of [
      String(timestamp),
      '2026-09-21 16:13:20.123456789',
      '2026-09-21 14:13:20.123456789',
      '+02:00',
    ]) {
      await view.detail.getByText(text, { exact: true }).waitFor();
    }
    await view.detail.getByText('Format as JSON').click();
    expect(await view.detail.locator('pre').textContent()).toBe(
      '{\n  "n": 12345678901234567890,\n  "f": 1.10,\n  "10": 1,\n  "9": 2\n}',
    );
    await view.detail.getByRole('button', { name: 'Copy as JSON: the event' }).click();
    await view.detail.getByText('Copied').waitFor();
    const copied = await view.page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toContain(`"timestamp":${String(timestamp)},`);
    expect(copied).toContain('"value":"{\\"n\\":12345678901234567890,');
    const download = async (format: string): Promise<string> => {
      const [file] = await Promise.all([
        view.page.waitForEvent('download'),
        view.page.locator('.menu-row', { hasText: 'All that match' }).getByRole('button', { name: format }).click(),
      ]);
      return readFileSync(await file.path(), 'utf8');
    };
    await view.page.getByRole('button', { name: 'Download' }).click();
    expect(await download('NDJSON')).toBe(
      [
        `{"offset":"1","streamId":"car-1","timestamp":${String(timestamp)},"id":"exact","value":${JSON.stringify(value)},"tags":{"big":"9007199254740993"}}\n`,
        `{"offset":"2","streamId":"car-1","timestamp":${String(timestamp + 1n)},"id":"=cmd","value":"-12.5","tags":{}}\n`,
      ].join(''),
    );
    expect(await download('CSV')).toBe(
      [
        'offset,time,timestamp,streamId,id,value,tags\r\n',
        `1,2026-09-21T14:13:20.123456789Z,${String(timestamp)},car-1,exact,"${value.replaceAll('"', '""')}","{""big"":""9007199254740993""}"\r\n`,
        `2,2026-09-21T14:13:20.123456790Z,${String(timestamp + 1n)},car-1,'=cmd,-12.5,\r\n`,
      ].join(''),
    );
    expect(opened.complaints).toEqual([]);
  });

  it.each([
    ['seconds', 1_790_000_000n],
    ['milliseconds', 1_790_000_000_123n],
    ['microseconds', 1_790_000_000_123_456n],
  ])('say of a timestamp that it seems to be in %s', async (unit, timestamp) => {
    await append(own.hub, 'car-1', [{ value: 'odd', timestamp }]);
    const { view } = await open();
    await view.row('odd').click();
    await view.detail.getByText(`this one seems to be in ${unit}`).waitFor();
    await view.detail.getByText(/2026-09-21T14:13:20\.\d{9}Z/).waitFor();
  });

  it('show markup as text, wherever it is', async () => {
    const markup = '<img src=x onerror="document.title=1"><b>x';
    const name = '<b>stream onclick=alert(1)>';
    await append(own.hub, name, [{ id: `<i>${markup}`, value: markup, tags: { '<u>tag': markup } }], '<b>topic');
    const answer = await own.hub.fetch(
      `/topics/${encodeURIComponent('<b>topic')}/streams/${encodeURIComponent(name)}`,
      {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: markup, metadata: { [markup]: markup } }),
      },
    );
    expect(answer.status).toBe(200);
    const at = `#/topics/${encodeURIComponent('<b>topic')}/streams/${encodeURIComponent(name)}`;
    const { view, console: opened } = await open(at);
    await view.shows('<img src=x');
    await view.row('<img src=x').click();
    await view.detail.getByText(markup).first().waitFor();
    await view.detail.getByRole('button', { name: /<u>tag/ }).click();
    await view.page.locator('.chip').getByText('<u>tag').waitFor();
    await view.page.getByRole('tab', { name: 'About' }).click();
    await view.page.locator('.detail-facts').getByText(markup).first().waitFor();
    expect(await view.page.locator('#page :is(img, b, i, u)').count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });

  it('show the first kilobyte of a huge value and its size, and all of it on request', async () => {
    const value = `{"text":"${'é'.repeat(2_000_000)}","end":12345678901234567890}`;
    await append(own.hub, 'car-1', [{ value }]);
    const { view } = await open();
    await view.shows('4 MB');
    expect((await view.values())[0]!.length).toBeLessThan(1_100);
    await view.row('4 MB').click();
    expect((await view.detail.locator('pre').textContent())!.length).toBeLessThan(1_100);
    await view.detail.getByRole('button', { name: 'Show all of it' }).click();
    await view.until(`document.querySelector('.event-detail pre').textContent.length === ${value.length}`);
    await view.detail.getByText('Format as JSON').click();
    await view.until(
      `document.querySelector('.event-detail pre').textContent.endsWith('"end": 12345678901234567890\\n}')`,
    );
  });

  it('name the limit where they are refused, and go on when asked again', async () => {
    await own.start({ maxFollowers: 1 });
    await append(own.hub, 'car-1', valued('stored'));
    const other = await own.hub.connect();
    const started = new Promise((resolve) => {
      other.stream('ReadEvents', 'cars').subscribe({ next: resolve, error: resolve, complete: () => undefined });
    });
    await started;
    const { view } = await open();
    await view.shows('stored');
    await view.says(/^The server does not give more: .*WRITER_HUB_MAX_FOLLOWERS/);
    await other.stop();
    // The place is free as soon as the server has noticed.
    await view.until(`(() => {
      const line = document.querySelector('.tail-status');
      line.querySelector('button')?.click();
      return line.textContent.startsWith('Live');
    })()`);
    await append(own.hub, 'car-1', valued('next'));
    await view.shows('next');
  });

  it('say so where a token may not read them', async () => {
    await append(own.hub, 'car-1', valued('secret'));
    const { view } = await open(STREAM, { bearer: token('read:other') });
    await view.says(/read:cars/);
    expect(await view.values()).toEqual([]);
  });

  it('stay when their topic is removed, with the reason, and give way to those of a new one', async () => {
    await append(own.hub, 'car-1', valued('one'));
    const { view } = await open();
    await view.shows('one');
    await view.live();
    expect((await own.hub.fetch('/topics/cars', { method: 'DELETE' })).ok).toBe(true);
    await view.says(/^Waiting: there is no topic "cars"/);
    expect(await view.values()).toEqual(['one']);
    await append(own.hub, 'car-1', valued('anew'));
    await view.shows('anew');
    expect(await view.values()).toEqual(['anew']);
  });

  it('miss nothing and repeat nothing when the server is gone and comes back, and say so', async () => {
    const dataDir = temporaryDirectory();
    const first = await TestHub.open({ dataDir });
    const proxy = await CuttingProxy.start(Number(new URL(first.url).port));
    await append(first, 'car-1', numbered(1, 50));
    const { view } = await open(STREAM, {}, { url: proxy.through(first.url) });
    await view.shows('no 50;');
    await view.live();
    proxy.hold();
    proxy.cut();
    await view.says('The connection is lost. The rows stay, and what is missed will follow.');
    await view.page.getByText(/^Connection lost at/).waitFor();
    await view.shows('no 50;');
    await append(first, 'car-1', numbered(51, 60));
    await first.close();
    const second = await TestHub.open({ dataDir, port: Number(new URL(first.url).port) });
    atEnd(() => second.close());
    await append(second, 'car-1', numbered(61, 90));
    proxy.release();
    await view.shows('no 90;');
    await view.says(/the connection was lost and is back, nothing was missed/);
    await append(second, 'car-1', numbered(91, 100));
    await view.shows('no 100;');
    await view.scrollTo(0);
    const seen = new Set<string>();
    for (let top = 0; top < 100 * 30; top += 300) {
      await view.scrollTo(top);
      await view.frame();
      for (const value of await view.values()) seen.add(value);
    }
    expect([...seen].sort()).toEqual(
      numbered(1, 100)
        .map(({ value }) => value)
        .sort(),
    );
    expect(await view.list.getAttribute('aria-rowcount')).toBe('100');
    await proxy.close();
  });

  it('are found among all that are loaded, selected, and copied as JSON', async () => {
    await append(own.hub, 'car-1', [
      ...valued('needle one'),
      ...numbered(1, 150),
      ...valued('needle two'),
      ...numbered(151, 190),
    ]);
    const { view } = await open();
    await view.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await view.shows('no 190;');
    await view.list.focus();
    await view.page.keyboard.press('Control+f');
    const find = view.page.getByRole('searchbox', { name: 'Find', exact: true });
    await find.fill('NEEDLE');
    await view.page.getByText('2 found').waitFor();
    await find.press('Enter');
    await view.shows('needle two');
    await find.press('Enter');
    await view.shows('needle one');
    await view.page.getByText('1 of 2 found').waitFor();
    await find.press('Escape');
    await view.row('needle one').click();
    await view.row('no 2;').click({ modifiers: ['Shift'] });
    await view.page.getByText('3 events selected').waitFor();
    await view.list.focus();
    await view.page.keyboard.press('Control+c');
    await view.until('navigator.clipboard.readText().then((text) => text.startsWith("["))');
    const copied = JSON.parse(await view.page.evaluate<string>('navigator.clipboard.readText()')) as {
      value: string;
    }[];
    expect(copied.map(({ value }) => value)).toEqual(['needle one', 'no 1;', 'no 2;']);
  });

  it('are read with the keyboard alone', async () => {
    await append(own.hub, 'car-1', numbered(1, 60));
    const { view } = await open();
    await view.shows('no 60;');
    await view.list.focus();
    await view.page.keyboard.press('ArrowUp');
    await view.counts('0');
    await view.page.keyboard.press('Enter');
    await view.detail.getByText('no 59;').waitFor();
    await view.page.keyboard.press('ArrowUp');
    await view.detail.getByText('no 58;').waitFor();
    await view.page.keyboard.press('Home');
    await view.detail.getByText('no 1;').waitFor();
    await view.page.keyboard.press('Escape');
    await view.detail.waitFor({ state: 'detached' });
  });
});
