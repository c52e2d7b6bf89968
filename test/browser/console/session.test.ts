import { mintToken } from '../../../src/auth/token-minter';
import { SharedHub } from '../../support/shared-hub';
import { SECRET, atEnd, token } from '../../support/test-hub';
import { sharedBrowser } from './support/browser';
import { ConsolePage } from './support/console-page';

const shared = new SharedHub();
const browser = sharedBrowser();

describe('signing in to the console', () => {
  it('takes the token from the link before any request, out of the address and of the history', async () => {
    const hub = await shared.hub();
    const bearer = token('admin');
    const context = await browser().newContext();
    atEnd(() => context.close());
    const page = await context.newPage();
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(`${request.url()} ${request.headers()['referer'] ?? ''}`));
    await page.goto('about:blank');
    await page.goto(`${hub.url}/#token=${bearer}`);
    await page.locator('.shell').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect([`${hub.url}/#/`, `${hub.url}/#/welcome`]).toContain(page.url());
    // The stock client has no other place for the token of a WebSocket.
    const others = addresses.filter((address) => !address.startsWith('ws') && !address.includes('/hub?'));
    expect(
      others
        .join('\n')
        .split('\n')
        .filter((line) => !line.includes('#token='))
        .join(),
    ).not.toContain(bearer);
    await page.goBack();
    expect(page.url()).toBe('about:blank');
    await page.goForward();
    await page.locator('.shell').waitFor();
    expect(page.url()).not.toContain(bearer);
    expect(hub.log()).not.toContain(bearer);
  });

  it('hands the token to tabs that are opened later, and signs out in all of them', async () => {
    const hub = await shared.hub();
    const first = await ConsolePage.open(browser(), hub);
    const context = first.page.context();
    const second = await ConsolePage.open(browser(), hub, { bearer: null, context });
    await second.page.locator('.shell').waitFor();
    await second.page.getByRole('button', { name: 'Sign out' }).click();
    await second.page.getByRole('textbox', { name: 'Token' }).waitFor();
    await first.page.getByRole('textbox', { name: 'Token' }).waitFor();
    await first.page.reload();
    await first.page.getByRole('textbox', { name: 'Token' }).waitFor();
    expect(first.complaints).toEqual([]);
  });

  it.each([
    ['has expired', () => mintToken({ scopes: ['admin'], expiresIn: 1, now: () => 0 }, SECRET).token, /expired/],
    ['is none', () => 'nonsense', /token/i],
    ['has a line end in it', () => 'eyJ.a%0Ab.c', /a line end/],
    ['has letters of no token', () => 'eyJ.%D0%B6.c', /U\+0436/],
    [
      'is of another server',
      () => mintToken({ scopes: ['admin'] }, 'another secret, of forty-three bytes, too !').token,
      /signature|secret|token/i,
    ],
  ])('leads from a link whose token %s to the form, with the reason', async (_, bearer, reason) => {
    const hub = await shared.hub();
    const context = await browser().newContext();
    atEnd(() => context.close());
    const page = await context.newPage();
    await page.goto(`${hub.url}/#token=${bearer()}`);
    expect(await page.getByRole('alert').textContent()).toMatch(/^The token of the link is not taken: /);
    expect(await page.getByRole('alert').textContent()).toMatch(reason);
    await page.getByRole('textbox', { name: 'Token' }).fill('still nonsense');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.locator('.field-error').textContent()).toMatch(/token/i);
    await page.getByRole('textbox', { name: 'Token' }).fill(` ${token('read:*')}\n`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.shell').waitFor();
  });

  it.each([
    ['a link with a line end', (hub: string) => [`${hub}/#token=${token('admin')}%0A`, '']],
    ['the link in the form, with Enter', (hub: string) => [`${hub}/`, `${hub}/#token=${token('admin')}`]],
    ['a header in the form, with Enter', (hub: string) => [`${hub}/`, `Bearer ${token('admin')}`]],
  ])('takes %s', async (_, given) => {
    const hub = await shared.hub();
    const [address = '', typed = ''] = given(hub.url);
    const { page } = await ConsolePage.open(browser(), hub, { bearer: null });
    await page.goto('about:blank');
    await page.goto(address);
    if (typed !== '') {
      await page.getByRole('textbox', { name: 'Token' }).fill(typed);
      await page.keyboard.press('Enter');
    }
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('leads to the form with the reason when the token is revoked while it is used', async () => {
    const hub = await shared.hub();
    const made = mintToken({ scopes: ['read:*'] }, SECRET);
    const { page } = await ConsolePage.open(browser(), hub, { bearer: made.token });
    await page.getByText('Live', { exact: true }).waitFor();
    await hub.post('/tokens/revoke', { tokenId: made.tokenId });
    expect(await page.getByRole('alert').textContent()).toMatch(/signed out: .*revoked/);
  });
});

describe('the theme', () => {
  it.each(['light', 'dark'] as const)('is that of the system, %s, from the first frame on', async (colorScheme) => {
    const hub = await shared.hub();
    const context = await browser().newContext({ colorScheme });
    atEnd(() => context.close());
    // What the page looks like in its first frame: styles hold a page's frames back, not its scripts.
    await context.addInitScript(`const look = () => {
      if (document.body === null) requestAnimationFrame(look);
      else globalThis.first ??= getComputedStyle(document.documentElement).backgroundColor;
    };
    requestAnimationFrame(look);`);
    const opened = await ConsolePage.open(browser(), hub, { context });
    const background = colorScheme === 'dark' ? 'rgb(15, 18, 24)' : 'rgb(247, 248, 250)';
    expect(await opened.page.evaluate('globalThis.first')).toBe(background);
    const other = colorScheme === 'dark' ? 'light' : 'dark';
    await opened.page.emulateMedia({ colorScheme: other });
    await opened.page.waitForFunction(`document.documentElement.dataset.theme === '${other}'`);
  });

  it('is chosen by hand, and kept', async () => {
    const hub = await shared.hub();
    const { page } = await ConsolePage.open(browser(), hub, { colorScheme: 'light' });
    await page.getByLabel('Dark').check();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await page.reload();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await page.getByLabel('As the system').check();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('light');
  });
});
