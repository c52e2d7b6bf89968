import type { Browser } from 'playwright-core';
import { TestHub } from '../../support/test-hub';
import { launchChromium } from './chromium';

/** A browser for all tests of a suite that is being declared, and a hub for each of them. */
export class BrowserAndHub {
  #browser: Browser | undefined;
  #hub: TestHub | undefined;

  constructor() {
    beforeAll(async () => {
      this.#browser = await launchChromium();
    });
    afterAll(() => this.#browser?.close());
    beforeEach(() => this.start());
  }

  /** Starts a hub with other settings in place of the present one. */
  async start(...settings: Parameters<typeof TestHub.start>): Promise<void> {
    this.#hub = await TestHub.start(...settings);
  }

  get browser(): Browser {
    return this.#browser!;
  }

  get hub(): TestHub {
    return this.#hub!;
  }
}
