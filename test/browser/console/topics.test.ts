import { SharedHub } from '../../support/shared-hub';
import { TestHub, token } from '../../support/test-hub';
import { sharedBrowser } from './support/browser';
import { expectAccessible } from './support/accessibility';
import { ConsolePage } from './support/console-page';

const shared = new SharedHub();
const browser = sharedBrowser();

/** A server with a topic `cars` of two streams, and a data source `visits`. */
async function filled(): Promise<TestHub> {
  const hub = await shared.emptied();
  await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'a', timestamp: 1 }]);
  await hub.post('/topics/cars/streams/car-2/events/data', [
    { id: 'b', timestamp: 2 },
    { id: 'b', timestamp: 3 },
  ]);
  await hub.post('/v0/events?name=visits&wait=true', '{"city":"Chicago"}');
  return hub;
}

describe('the page of topics', () => {
  it('lists topics and data sources with what they hold, and changes with them', async () => {
    const hub = await filled();
    const { page, complaints } = await ConsolePage.open(browser(), hub, { at: '#/topics' });
    const row = page.getByRole('row').filter({ hasText: 'cars' });
    await row.waitFor();
    expect((await row.getByRole('cell').allTextContents()).slice(3, 5)).toEqual(['3', '2']);
    await page.getByRole('row').filter({ hasText: 'visits' }).getByText('rows').waitFor();
    await hub.post('/topics/cars/streams/car-3/events/data', [{ id: 'c', timestamp: 4 }]);
    await row.getByRole('cell', { name: '4', exact: true }).waitFor();
    await hub.post('/topics/vans/streams/v/events/data', [{ id: 'c', timestamp: 4 }]);
    await page.getByRole('link', { name: 'vans' }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
  });

  it('finds topics by a part of their name, which stands in the address', async () => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/topics' });
    await page.getByLabel('Find a topic').fill('AR');
    await page.getByRole('link', { name: 'visits' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'cars' }).waitFor();
    expect(page.url()).toContain('#/topics?search=AR');
    await page.getByLabel('Find a topic').fill('nothing');
    await page.getByText('No topic has that in its name').waitFor();
  });

  it('says so when the address has an order that there is not', async () => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/topics?sort=constructor' });
    await page.getByRole('alert').getByText('There is no order by “constructor”').waitFor();
    expect(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending');
    await page.getByRole('button', { name: 'Size' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    expect(page.url()).toContain('sort=bytes');
  });

  it('takes names for text', async () => {
    const hub = await filled();
    const name = '<img src=x onerror=alert(1)>';
    await hub.post(`/topics/${encodeURIComponent(name)}/streams/${encodeURIComponent(name)}/events/data`, [
      { id: 'a', timestamp: 1 },
    ]);
    const { page, complaints } = await ConsolePage.open(browser(), hub, { at: '#/topics' });
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByRole('link', { name }).waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe('the page of a topic', () => {
  it('lists its streams by last activity, and finds one', async () => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/topics/cars' });
    const names = page.locator('.streams .topic-link');
    await names.first().waitFor();
    expect(await names.allTextContents()).toEqual(['car-2', 'car-1']);
    await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'a', timestamp: 9 }]);
    await page.locator('.streams tbody tr:first-child', { hasText: 'car-1' }).waitFor();
    await page.getByLabel('Find a stream').fill('car-2');
    await page.getByRole('link', { name: 'car-1' }).waitFor({ state: 'detached' });
    await page.getByLabel('Find a stream').press('Enter');
    await page.waitForURL(/#\/topics\/cars\/streams\/car-2$/);
  });

  it('changes how long it keeps what it holds, and asks where that would empty it', async () => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/topics/cars' });
    await page.getByRole('button', { name: /^Change/ }).click();
    await page.getByLabel('Age').fill('soon');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.locator('.field-error').textContent()).toMatch(/soon/);
    await page.getByLabel('Age').fill('7d');
    await page.getByLabel('Bytes').fill('1');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Empty the topic and save' }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Bytes').fill('1000000');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('7d, 1 MB').waitFor();
    expect(JSON.parse(await hub.read('/topics/cars'))).toMatchObject({ retention: { age: '7d', bytes: 1_000_000 } });
  });

  it('is deleted once its name has been typed', async () => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/topics/cars' });
    await page.getByRole('button', { name: 'Delete…' }).click();
    const remove = page.getByRole('button', { name: 'Delete the topic' });
    await page.getByLabel('Type cars').fill('car');
    expect(await remove.isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await remove.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByLabel('Type cars').fill('cars');
    await remove.click();
    await page.getByRole('heading', { level: 1, name: 'Topics' }).waitFor();
    expect((await hub.fetch('/topics/cars')).status).toBe(404);
  });

  it('leads back to the topics when it is deleted, and nobody who has gone elsewhere meanwhile', async () => {
    const hub = await filled();
    const opened = await ConsolePage.open(browser(), hub, { at: '#/topics/cars' });
    const { page } = opened;
    let answer: (() => Promise<void>) | undefined;
    const asked = new Promise<void>((resolve) => {
      void page.route('**/topics/cars', async (route) => {
        if (route.request().method() !== 'DELETE') return route.fallback();
        answer = () => route.continue();
        resolve();
      });
    });
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByLabel('Type cars').fill('cars');
    await page.getByRole('button', { name: 'Delete the topic' }).click();
    await asked;
    await opened.go('#/server');
    await opened.heading('Server');
    const answered = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await answer!();
    await (await answered).finished();
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
    expect(new URL(page.url()).hash).toBe('#/server');
  });

  it('says once why it cannot be read', async () => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/topics/cars', bearer: token('read:vans') });
    const reason = page.getByText('the token lacks the scope read:cars');
    await reason.first().waitFor();
    await page.getByRole('region', { name: 'Streams' }).waitFor({ state: 'detached' });
    expect(await reason.count()).toBe(1);
  });

  it('says so when there is no such topic', async () => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/topics/nowhere' });
    await page.getByText('There is no topic of this name').waitFor();
  });
});

describe('the form that sends an event', () => {
  it('sends it with all digits, tags and text as they are', async () => {
    const hub = await filled();
    const { page, complaints } = await ConsolePage.open(browser(), hub, { at: '#/send?topic=cars' });
    await page.getByLabel('Stream').fill('form');
    await page.getByLabel('Timestamp').fill('1700000000123456789');
    await page.getByLabel('Value').fill('<b>"x"</b>');
    await page.getByRole('button', { name: 'Add a tag' }).click();
    await page.getByLabel('Name of tag 1').fill('__proto__');
    await page.getByLabel('Value of tag 1').fill('1');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Stored on disk').waitFor();
    expect(await hub.read('/topics/cars/streams/form/events/data')).toContain(
      '"timestamp":1700000000123456789,"id":"Alert","value":"<b>\\"x\\"</b>","tags":{"__proto__":"1"}',
    );
    expect(complaints).toEqual([]);
  });

  it.each([
    ['Timestamp', { Timestamp: '2024-01-01 10:00' }, /zone|ISO/i],
    ['Timestamp', { Timestamp: '1.5' }, /timestamp|integer|ISO/i],
    ['Topic', { Topic: 'a/b' }, /topic|name/i],
    ['Stream', { Stream: '..' }, /directory/i],
    ['Topic', { Topic: '' }, /name a topic/],
  ])('shows at the field %s what the server has against %j', async (field, values, message) => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/send?topic=cars' });
    for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const input = page.getByLabel(field, { exact: true });
    const error = page.locator('.field', { has: input }).locator('.field-error');
    expect(await error.textContent()).toMatch(message);
    expect(await input.getAttribute('aria-invalid')).toBe('true');
  });

  it('says which unit a timestamp looks like, and mends it', async () => {
    const hub = await filled();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/send?topic=cars' });
    await page.getByLabel('Timestamp').fill('1700000000123');
    await page.getByText('That looks like milliseconds.').waitFor();
    await page.getByRole('button', { name: 'Use 1700000000123000000' }).click();
    expect(await page.getByLabel('Timestamp').inputValue()).toBe('1700000000123000000');
  });
});
