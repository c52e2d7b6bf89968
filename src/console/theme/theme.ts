/** What the reader has chosen; `system`: as the operating system says. */
export type ThemeChoice = 'light' | 'dark' | 'system';

/** Where the choice is kept. */
const KEY = 'writer-hub theme';

export function themeChoice(): ThemeChoice {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  applyTheme();
}

/** Sets `data-theme` of the page to `light` or `dark`, and tells it by the event `themechange` on the document. */
export function applyTheme(): void {
  const choice = themeChoice();
  const theme = choice === 'system' ? (systemIsDark().matches ? 'dark' : 'light') : choice;
  if (document.documentElement.dataset['theme'] === theme) return;
  document.documentElement.dataset['theme'] = theme;
  document.dispatchEvent(new Event('themechange'));
}

export function systemIsDark(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)');
}
