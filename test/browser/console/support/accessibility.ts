import type { Page } from 'playwright-core';
import { serious } from '../../support/axe';

/** How a page is looked at: on a desk, in a small window, on a phone; light and dark. */
export const LOOKS = [
  { width: 1440, colorScheme: 'light' },
  { width: 1440, colorScheme: 'dark' },
  { width: 1024, colorScheme: 'light' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const;

/** Fails with what keeps somebody from using a page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await serious(page)).toEqual([]);
}

/** How many pixels of the page lie beyond the right edge of the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
