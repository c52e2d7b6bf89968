import { chromium, type Browser } from 'playwright-core';

/** Milliseconds that a page has for each step: no test waits for them to pass, and a busy machine is slow. */
const PATIENCE = 120_000;

/** A headless Chromium: `CHROMIUM`, or where Debian installs it. It calls nobody by itself. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
    timeout: PATIENCE,
  });
  browser.on('context', (context) => {
    context.setDefaultTimeout(PATIENCE);
  });
  return browser;
}
