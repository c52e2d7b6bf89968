import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/**
 * What `axe` finds on a page, as it is now, that keeps somebody from using it: rules, and the elements that break them.
 * It comes in by the debugging protocol, which the page's Content-Security-Policy does not bind.
 */
export async function serious(page: Page): Promise<string[]> {
  await page.evaluate(`${AXE}; 0`);
  const violations = await page.evaluate<readonly Violation[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 500)}: ${failureSummary}`),
  );
}
