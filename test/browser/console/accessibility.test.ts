import { SharedHub } from '../../support/shared-hub';
import { expectAccessible } from './support/accessibility';
import { sharedBrowser } from './support/browser';
import { ConsolePage } from './support/console-page';

const shared = new SharedHub();
const browser = sharedBrowser();

describe.each([
  ['light', 1440],
  ['dark', 390],
] as const)('in %s, %i pixels wide', (colorScheme, width) => {
  const view = { colorScheme, viewport: { width, height: 900 } };

  it.each([
    ['#/topics', 'Topics', 'Size'],
    ['#/topics/cars', 'cars', 'Made'],
    ['#/welcome', 'Send your first event', 'eyJ'],
    ['#/send', 'Send an event', 'Add a tag'],
  ])('%s can be used by everybody, and does not scroll sideways', async (at, heading, text) => {
    const hub = await shared.hub();
    await hub.post('/topics/cars/streams/s/events/data', [{ id: 'a', timestamp: 1 }]);
    const opened = await ConsolePage.open(browser(), hub, { ...view, at });
    await opened.heading(heading);
    await opened.live();
    await opened.page.getByText(text).first().waitFor();
    await expectAccessible(opened.page);
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it('the form to sign in can be used by everybody', async () => {
    const hub = await shared.hub();
    const { page } = await ConsolePage.open(browser(), hub, { ...view, bearer: null });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('paste a token').waitFor();
    await expectAccessible(page);
  });
});

describe('the keyboard', () => {
  it('skips the navigation, and chooses a snippet by arrows', async () => {
    const hub = await shared.hub();
    const { page } = await ConsolePage.open(browser(), hub, { at: '#/welcome' });
    await page.getByText('eyJ').first().waitFor();
    await page.reload();
    await page.getByText('eyJ').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('page');
    await page.getByRole('tab', { name: 'curl' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: 'Web page snippet' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Web page');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('region', { name: 'From Tinybird snippet' }).waitFor();
  });

  it('opens the menu on a phone, and closes it on the next page', async () => {
    const hub = await shared.hub();
    const viewport = { width: 390, height: 844 };
    const { page } = await ConsolePage.open(browser(), hub, { viewport, at: '#/welcome' });
    const send = page.getByRole('link', { name: 'Send an event' });
    expect(await send.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Menu' }).press('Enter');
    await send.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Send an event' }).waitFor();
    await send.waitFor({ state: 'hidden' });
  });
});
