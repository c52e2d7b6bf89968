import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { TestHub, token } from '../../support/test-hub';
import { launchChromium } from '../support/chromium';
import { ConsolePage } from './support/console-page';

const ROOT = path.resolve(__dirname, '../../..');
const PYTHON = process.env['PYTHON'] ?? 'python3';
const HAS_PYTHON = spawnSync(PYTHON, ['--version']).status === 0;

/** Runs what a reader has copied, as the page says; rejects with what it printed if it fails. */
async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { cwd: ROOT });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}: ${printed}`);
}

describe('the page "Send your first event"', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  /** The text of a snippet, as its copy button gives it. */
  const snippet = async ({ page }: ConsolePage, title: string): Promise<string> => {
    await page.getByRole('tab', { name: title, exact: true }).click();
    const code = page.getByRole('region', { name: `${title} snippet` });
    await code.getByText('eyJ').first().waitFor();
    return (await code.textContent()) ?? '';
  };

  const arrived = ({ page }: ConsolePage, text: string): Promise<void> =>
    page.getByRole('listitem').filter({ hasText: text }).waitFor();

  it('is what is shown at / while there are no topics', async () => {
    const hub = await TestHub.start();
    const opened = await ConsolePage.open(browser, hub);
    await opened.heading('Send your first event');
    await hub.post('/topics/t/streams/s/events/data', [{ id: 'a', timestamp: 1 }]);
    const later = await ConsolePage.open(browser, hub);
    await later.heading('Topics');
  });

  it.each([
    ['curl', 'Hello from curl', (text: string) => run('bash', ['-c', text])],
    ['Node.js', 'Hello from Node.js', (text: string) => run('node', ['-e', text])],
    ['From Quix', "Hello from Quix's client", (text: string) => run('node', ['-e', text])],
    ['From Tinybird', 'Chicago', (text: string) => run('bash', ['-c', text])],
    ...(HAS_PYTHON ? [['Python', 'Hello from Python', (text: string) => run(PYTHON, ['-c', text])] as const] : []),
  ] as const)(
    'has a snippet for %s that runs as it is, and shows what it sends as it comes',
    async (title, value, send) => {
      const hub = await TestHub.start();
      const opened = await ConsolePage.open(browser, hub);
      await opened.page.getByText('Waiting for an event in cars…').waitFor();
      await opened.live();
      await send(await snippet(opened, title));
      await arrived(opened, value);
      // A second one comes to a topic that is there.
      await send(await snippet(opened, title));
      await opened.page.getByText('2 have arrived').waitFor();
      expect(opened.complaints).toEqual([]);
    },
  );

  it('has a page that sends, opened from the disk', async () => {
    const hub = await TestHub.start();
    const opened = await ConsolePage.open(browser, hub);
    await opened.live();
    await opened.page.getByText('Waiting for an event in cars…').waitFor();
    const directory = mkdtempSync(path.join(tmpdir(), 'writer-hub-page-'));
    const file = path.join(directory, 'event.html');
    writeFileSync(file, await snippet(opened, 'Web page'));
    const other = await browser.newPage();
    await other.goto(pathToFileURL(file).href);
    await other.getByRole('button').click();
    await other.getByText('Stored').waitFor();
    await other.close();
    rmSync(directory, { recursive: true });
    await arrived(opened, 'Hello from a page');
  });

  it('shows what comes though there is no live connection', async () => {
    const hub = await TestHub.start();
    await hub.post('/topics/cars/streams/s/events/data', [{ id: 'before', timestamp: 1 }]);
    const context = await browser.newContext();
    await context.route('**/hub/**', (route) => route.abort());
    const opened = await ConsolePage.open(browser, hub, { context, at: '#/welcome' });
    await opened.page.getByText('Connection lost').waitFor();
    await opened.page.getByText('Waiting for an event in cars…').waitFor();
    await hub.post('/topics/cars/streams/s/events/data', [{ id: 'after', timestamp: '1700000000123456789' }]);
    await arrived(opened, 'after');
    await hub.post('/v0/events?name=cars_rows&wait=true', '{"city": "Chicago"}');
    await arrived(opened, 'Chicago');
    await opened.page.getByText('2 have arrived').waitFor();
    await context.close();
  });

  it('puts a token into the snippets that can do less than that of an administrator', async () => {
    const hub = await TestHub.start();
    const bearer = token('admin');
    const opened = await ConsolePage.open(browser, hub, { bearer });
    const [made = ''] = /eyJ[\w.-]+/.exec(await snippet(opened, 'Python')) ?? [];
    expect(made).not.toBe(bearer);
    const headers = { authorization: `Bearer ${made}` };
    expect((await hub.fetch('/topics/cars', { method: 'DELETE', headers })).status).toBe(403);
    const limited = token('create', 'read:cars');
    const other = await ConsolePage.open(browser, hub, { bearer: limited });
    expect(await snippet(other, 'Python')).toContain(limited);
  });

  it('says at the field what is wrong with a name, and shows no snippet for it', async () => {
    const hub = await TestHub.start();
    await hub.post('/v0/events?name=visits&wait=true', '{"city": "Chicago"}');
    const { page } = await ConsolePage.open(browser, hub, { at: '#/welcome' });
    for (const [name, said] of [
      ['a/b', 'the topic name holds a slash'],
      ['..', 'the topic name is .., which means a directory in a path'],
      ['x'.repeat(300), 'the topic name is longer than 255 bytes of UTF-8'],
      ['visits', 'visits is a data source: it takes rows, and no events'],
    ] as const) {
      await page.getByLabel('Topic').fill(name);
      await page.getByLabel('Topic').blur();
      await page.locator('.field-error').getByText(said).waitFor();
      expect(await page.getByRole('tab').count()).toBe(0);
      expect(await page.getByText(/^Waiting/).count()).toBe(0);
    }
  });

  it('says what the token of whoever may do less lacks', async () => {
    const hub = await TestHub.start();
    const { page } = await ConsolePage.open(browser, hub, { bearer: token('read:*'), at: '#/welcome' });
    await page.getByText(/signed in with; it may read it\./).waitFor();
    await page.getByText(/It lacks sending to it \(append:cars, or create\)/).waitFor();
    expect(await page.getByText('may create topics').count()).toBe(0);
  });

  it('takes another topic, whatever its name, and quotes it as each language wants it', async () => {
    const hub = await TestHub.start();
    const topic = `it's "<b>$(x)`;
    const opened = await ConsolePage.open(browser, hub);
    await opened.live();
    await opened.page.getByLabel('Topic').fill(topic);
    await opened.page.getByLabel('Topic').blur();
    await opened.page.getByText(`Waiting for an event in ${topic}…`).waitFor();
    await run('bash', ['-c', await snippet(opened, 'curl')]);
    await run('node', ['-e', await snippet(opened, 'Node.js')]);
    await opened.page.getByText('2 have arrived').waitFor();
    expect(await opened.page.locator('.arrival b').count()).toBe(0);
  });
});
