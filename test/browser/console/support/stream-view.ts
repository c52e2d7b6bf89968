import type { Locator, Page } from 'playwright-core';

/** What the events of a stream or topic look like to whoever reads them. */
export class StreamView {
  readonly list: Locator;
  readonly rail: Locator;
  readonly detail: Locator;

  constructor(readonly page: Page) {
    this.list = page.getByRole('grid', { name: 'Events' });
    this.rail = page.getByRole('scrollbar', { name: 'Place in the stream' });
    this.detail = page.locator('.event-detail');
  }

  /** The values of the rows that are drawn, in their order. */
  values(): Promise<string[]> {
    return this.page.locator('.tail-value').allTextContents();
  }

  row(value: string | RegExp): Locator {
    return this.page.locator('.tail-row').filter({ hasText: value });
  }

  /** Resolves once a row with this text is drawn. */
  async shows(value: string | RegExp): Promise<void> {
    await this.row(value).first().waitFor();
  }

  /** Resolves once the line of status says so. */
  async says(text: string | RegExp): Promise<void> {
    await this.page.locator('.tail-status').getByText(text).first().waitFor();
  }

  /** Resolves once what comes is shown. */
  async live(): Promise<void> {
    await this.says(/^Live · /);
  }

  async pause(): Promise<void> {
    await this.page.getByRole('button', { name: 'Pause', exact: true }).click();
  }

  /** Presses the button of a paused tail. */
  async resume(): Promise<void> {
    await this.page.getByRole('button', { name: /^Paused/ }).click();
  }

  /** Resolves once so many came since the tail was paused. */
  async counts(count: string): Promise<void> {
    await this.page.getByRole('button', { name: `Paused · ${count} new ↓`, exact: true }).waitFor();
  }

  /** Scrolls the list, in pixels from its top. */
  async scrollTo(top: number): Promise<void> {
    await this.page.evaluate(`document.querySelector('#events').scrollTop = ${top}`);
  }

  /** Resolves with the next frame that the page has drawn. */
  async frame(): Promise<void> {
    await this.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
  }

  /** Resolves once an expression is true in the page; its policy forbids what `waitForFunction` does with a text. */
  async until(expression: string): Promise<void> {
    while (!(await this.page.evaluate<boolean>(expression))) await this.frame();
  }

  /** How far the page itself is scrolled. */
  pageScroll(): Promise<number> {
    return this.page.evaluate<number>('scrollY');
  }
}
