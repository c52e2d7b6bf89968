import type { Browser } from 'playwright-core';
import { TestHub, atEnd, temporaryDirectory } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { ConsolePage } from './support/console-page';
import { pushSchema, select, sendRows } from './support/data-sources';

describe('the page of a data source', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  it('shows rows the moment they are stored, to the digit, and HTML in them as text', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await pushSchema(hub, 'visits', '`city` String', '`n` Int64', '`amount` Decimal(38, 9)');
    await sendRows(hub, 'visits', '{"city":"Köln","n":1,"amount":1}');
    const { page, complaints } = await ConsolePage.open(browser, hub, { at: '#/data-sources/visits' });
    const rows = page.getByRole('region', { name: 'Newest rows of visits' });
    await rows.getByText('Köln').waitFor();
    await sendRows(
      hub,
      'visits',
      '{"city":"<img src=x onerror=alert(1)>","n":9007199254740993,"amount":12345678901234567890.123456789}',
    );
    await rows.getByText('9007199254740993').waitFor();
    const [first] = await rows.getByRole('row').nth(1).allInnerTexts();
    expect(first!.split(/\s*\t\s*/)).toEqual([
      '2',
      '<img src=x onerror=alert(1)>',
      '9007199254740993',
      '12345678901234567890.123456789',
    ]);
    await rows.getByRole('button', { name: '2', exact: true }).click();
    await page.getByRole('dialog').getByText('"amount": 12345678901234567890.123456789').waitFor();
    expect(complaints).toEqual([]);
  });

  it('has a quarantined row mended in a form, with the server’s message at the field, and stored in its place', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await pushSchema(hub, 'visits', '`city` String', '`n` Int16');
    await sendRows(hub, 'visits', '{"city":"Köln","n":"many","big":9007199254740993}', '{"city":5,"n":1}');
    const { page } = await ConsolePage.open(browser, hub, { at: '#/data-sources/visits?tab=quarantine' });
    const card = page.getByRole('listitem').filter({ hasText: '"many"' });
    await card.getByRole('button', { name: 'Fix this row' }).click();
    const form = page.getByRole('form', { name: 'Fix row q1' });
    const field = form.getByRole('textbox', { name: 'n', exact: true });
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await form.getByText('value "many" on column \'n\' is not Int16').waitFor();

    await field.fill('40000');
    await form.getByRole('button', { name: 'Store it' }).click();
    await form.getByText('it is out of range').waitFor();
    expect(await select(hub, 'SELECT n FROM visits')).toEqual([]);

    await field.fill('400');
    await form.getByRole('button', { name: 'Store it' }).click();
    await page.getByText('The mended row was stored').waitFor();
    await page.getByRole('tab', { name: 'Quarantine · 1' }).waitFor();
    expect(await select(hub, 'SELECT city, n FROM visits')).toEqual([{ city: 'Köln', n: 400 }]);
    expect(await hub.read(`/v0/sql?q=${encodeURIComponent('SELECT _rest FROM visits FORMAT JSONEachRow')}`)).toContain(
      '9007199254740993',
    );
  });

  it('has a row that is no JSON mended as text', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await pushSchema(hub, 'visits', '`city` String');
    await sendRows(hub, 'visits', '{"city":"Köln"}', '{"city":"Bern"');
    const { page } = await ConsolePage.open(browser, hub, { at: '#/data-sources/visits?tab=quarantine' });
    await page.getByRole('button', { name: 'Fix this row' }).click();
    await page.getByRole('textbox', { name: 'The row, a JSON object' }).fill('{"city":"Bern"}');
    await page.getByRole('button', { name: 'Store it' }).click();
    await page.getByText('The quarantine is empty').waitFor();
    expect(await select(hub, 'SELECT city FROM visits ORDER BY city')).toEqual([{ city: 'Bern' }, { city: 'Köln' }]);
  });

  it('replays the quarantine after a column was widened', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await pushSchema(hub, 'visits', '`n` Int16', '`city` String');
    await sendRows(
      hub,
      'visits',
      '{"n":300,"city":"a"}',
      '{"n":70000,"city":"b"}',
      '{"n":80000,"city":"c"}',
      '{"n":2,"city":5}',
    );
    const { page } = await ConsolePage.open(browser, hub, { at: '#/data-sources/visits?tab=schema' });
    await page.getByRole('button', { name: 'Change the schema' }).click();
    const file = page.getByRole('textbox', { name: 'The .datasource file' });
    const text = await file.inputValue();
    await file.fill(text.replace('Int16', 'Int8'));
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByRole('alert').waitFor();
    await file.fill(text.replace('Int16', 'Int32'));
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByRole('link', { name: 'replay them' }).click();
    await page.getByRole('button', { name: 'Replay all' }).click();
    await page.getByText('2 rows fit and were stored; 1 still do not').waitFor();
    expect(await select(hub, 'SELECT n FROM visits ORDER BY n')).toEqual([{ n: 300 }, { n: 70000 }, { n: 80000 }]);
  });

  it('makes one from a pasted row, and says at the field what is wrong', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page } = await ConsolePage.open(browser, hub, { at: '#/data-sources' });
    await page.getByRole('button', { name: 'Create a data source' }).click();
    const [name, rows] = [page.getByRole('textbox', { name: 'Name' }), page.getByRole('textbox', { name: 'One row' })];
    await name.fill('a/b');
    await rows.fill('{"city":"Köln","n":9007199254740993}');
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('alert').waitFor();
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    await name.fill('visits');
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('heading', { level: 1, name: 'visits' }).waitFor();
    await page.getByText('9007199254740993').waitFor();
  });

  it('makes one from a schema, whose mistakes are the server’s message at the field', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page } = await ConsolePage.open(browser, hub, { at: '#/data-sources?create=schema' });
    await page.getByRole('textbox', { name: 'Name' }).fill('visits');
    const schema = page.getByRole('textbox', { name: 'The text of a .datasource file' });
    await schema.fill('SCHEMA >\n    `n` Integer');
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('alert').filter({ hasText: 'Integer' }).waitFor();
    expect(await schema.getAttribute('aria-invalid')).toBe('true');
    await schema.fill('SCHEMA >\n    `n` Int32');
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('region', { name: 'Columns of visits' }).getByText('Int32').waitFor();
  });

  it('removes rows, and itself, only once its name has been typed', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await pushSchema(hub, 'visits', '`n` Int32');
    await sendRows(hub, 'visits', '{"n":1}');
    const { page } = await ConsolePage.open(browser, hub, { at: '#/data-sources/visits?tab=remove' });
    const confirm = async (button: string): Promise<void> => {
      await page.getByRole('button', { name: `${button}…` }).click();
      const dialog = page.getByRole('dialog');
      const remove = dialog.getByRole('button', { name: button });
      await dialog.getByRole('textbox').fill('visit');
      expect(await remove.isDisabled()).toBe(true);
      await dialog.getByRole('textbox').fill('visits');
      await remove.click();
    };
    await confirm('Remove all rows');
    await page.getByText('All rows were removed.').waitFor();
    expect(await select(hub, 'SELECT n FROM visits')).toEqual([]);
    await confirm('Delete the data source');
    await page.getByText('No data sources yet').waitFor();
    expect((await hub.fetch('/v0/datasources/visits')).status).toBe(404);
  });

  it('shows how large a row of megabytes is, and no more of it than is asked for', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await pushSchema(hub, 'visits', '`text` String', '`n` Int8');
    await sendRows(hub, 'visits', JSON.stringify({ text: 'x'.repeat(2_000_000), n: 1 }));
    await sendRows(hub, 'visits', JSON.stringify({ text: 'y'.repeat(2_000_000), n: 'one' }));
    const { page } = await ConsolePage.open(browser, hub, { at: '#/data-sources/visits' });
    await page.getByText('a row of 2,000').waitFor();
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.getByText('The first 100,000 characters of 2,000').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('tab', { name: 'Quarantine' }).click();
    await page.getByText('Too long to be mended here').waitFor();
    expect((await page.content()).length).toBeLessThan(100_000);
  });

  it('says that it is not live while the server is gone, and has the newest rows when it is back', async () => {
    const dataDir = temporaryDirectory();
    const first = await TestHub.open({ dataDir, shutdownTimeout: 200 });
    await pushSchema(first, 'visits', '`n` Int32');
    await sendRows(first, 'visits', '{"n":1111}');
    const { page } = await ConsolePage.open(browser, first, { at: '#/data-sources/visits' });
    await page.getByText('1111').waitFor();
    const port = Number(new URL(first.url).port);
    await first.close();
    await page.getByText('Not live').waitFor();
    const again = await TestHub.open({ dataDir, port, shutdownTimeout: 200 });
    atEnd(() => again.close());
    await sendRows(again, 'visits', '{"n":2222}');
    await page.getByText('Live · all 2 rows').waitFor();
    expect(await page.getByText('2222').count()).toBe(1);
  });
});
