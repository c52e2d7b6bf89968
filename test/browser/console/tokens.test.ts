import type { Browser } from 'playwright-core';
import { mintToken } from '../../../src/auth/token-minter';
import { SECRET, TestHub, token } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { ConsolePage } from './support/console-page';

describe('the page of tokens', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  it('makes a token by ticking, which may do that and no more, until it is revoked', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'Alert', timestamp: 1 }]);
    const { page, complaints } = await ConsolePage.open(browser, hub, { at: '#/tokens' });
    const form = page.getByRole('form', { name: 'Make a token' });
    await form.getByRole('textbox', { name: 'Topic, or a beginning with *' }).fill('cars');
    await form.getByRole('checkbox', { name: 'write cars' }).uncheck();
    await form.getByRole('combobox', { name: 'It lives' }).selectOption('1h');
    await form.getByRole('textbox', { name: 'Subject' }).fill('pit wall');
    await form.getByRole('button', { name: 'Make the token' }).click();

    const bearer = await page.getByRole('region', { name: 'token', exact: true }).innerText();
    const headers = { authorization: `Bearer ${bearer.trim()}` };
    expect((await hub.fetch('/topics/cars/events/data', { headers })).status).toBe(200);
    expect((await hub.post('/topics/cars/streams/car-1/events/data', [], headers)).status).toBe(403);

    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.getByText(bearer.trim()).count()).toBe(0);
    await page.getByRole('textbox', { name: 'The token, or its id' }).fill(bearer);
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByText('is refused from now on').waitFor();
    expect((await hub.fetch('/topics/cars/events/data', { headers })).status).toBe(401);
    const revoked = page.getByRole('region', { name: 'Revoked tokens' }).getByRole('row');
    await revoked.nth(1).waitFor();
    expect(await revoked.count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it('says at the field what the server says', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page } = await ConsolePage.open(browser, hub, { at: '#/tokens' });
    const field = page.getByRole('textbox', { name: 'The token, or its id' });
    await field.fill('garbage here');
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByText('this is neither a whole token nor the id of one (jti): it has white space in it').waitFor();
    await field.fill('a.eyJzdWIiOiJ4In0.c');
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByText('this token has no id').waitFor();
    expect(await hub.read('/tokens/revoked')).toContain('"count":0');
  });

  it('says at the subject what the server has against it', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page } = await ConsolePage.open(browser, hub, { at: '#/tokens' });
    const subject = page.getByLabel('Subject');
    await subject.fill('a\u0007b');
    await page.getByRole('button', { name: 'Make the token' }).click();
    await page.getByText('a subject has no control characters').waitFor();
    expect(await subject.getAttribute('aria-invalid')).toBe('true');
  });

  it('asks before it revokes the token of whoever is signed in', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { token: own } = mintToken({ scopes: ['admin'] }, SECRET);
    const { page } = await ConsolePage.open(browser, hub, { at: '#/tokens', bearer: own });
    await page.getByRole('textbox', { name: 'The token, or its id' }).fill(own);
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${own}` } })).status).toBe(200);
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByRole('button', { name: 'Revoke it and sign out' }).click();
    await page.getByText(/You were signed out: .*revoked/).waitFor();
  });

  it('tells whoever may not make tokens how to get one that may', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const { page } = await ConsolePage.open(browser, hub, { at: '#/tokens', bearer: token('create', 'read:*') });
    await page.getByText('needs one with the scope').waitFor();
    expect(await page.getByRole('button', { name: 'Make the token' }).count()).toBe(0);
  });
});
