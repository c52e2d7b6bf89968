import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** As Debian installs them: a browser without windows takes less of the machine. */
const [WITHOUT_WINDOWS, WITH_WINDOWS] = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Milliseconds that a page has for each step: no test waits for them to pass, and a busy machine is slow. */
const PATIENCE = 120_000;

/** A headless Chromium: `CHROMIUM`, or one of Debian's. It calls nobody by itself. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? (existsSync(WITHOUT_WINDOWS) ? WITHOUT_WINDOWS : WITH_WINDOWS),
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
