import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { atEnd, token, type TestHub } from '../../../support/test-hub';

export interface OpenOptions extends BrowserContextOptions {
  /** Default: one that may do everything; `null`: not signed in. */
  readonly bearer?: string | null;
  /** Fragment to go to once signed in, such as `#/topics/cars`. */
  readonly at?: string;
  /** A context that other pages are in too, as tabs of one window. */
  readonly context?: BrowserContext;
}

/** A page of the console, with what the browser has complained about. It is closed when the test is over. */
export class ConsolePage {
  /** Violations of the Content-Security-Policy, errors of scripts and of requests, as the browser logs them. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly hub: Pick<TestHub, 'url'>,
  ) {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => {
      this.complaints.push(String(error));
    });
  }

  /** Opens the console as the printed link does. */
  static async open(browser: Browser, hub: Pick<TestHub, 'url'>, options: OpenOptions = {}): Promise<ConsolePage> {
    const { bearer = token('admin'), at, context: given, ...rest } = options;
    const context = given ?? (await browser.newContext({ viewport: { width: 1440, height: 900 }, ...rest }));
    if (given === undefined) atEnd(() => context.close());
    const opened = new ConsolePage(await context.newPage(), hub);
    await opened.page.goto(bearer === null ? `${hub.url}/` : `${hub.url}/#token=${encodeURIComponent(bearer)}`);
    if (bearer !== null) await opened.page.locator('.shell').waitFor();
    if (at !== undefined) await opened.go(at);
    return opened;
  }

  /** Goes to a page of the console, as a link in it does. */
  async go(fragment: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
  }

  /** Resolves once what the page shows is live. */
  live(): Promise<void> {
    return this.page.getByText('Live', { exact: true }).waitFor();
  }

  heading(name: string | RegExp): Promise<void> {
    return this.page.getByRole('heading', { level: 1, name }).waitFor();
  }
}
