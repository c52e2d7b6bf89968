/** Copies a text. On plain http there is no clipboard for pages, but the old command. Rejects if neither takes it. */
export async function copyText(text: string): Promise<void> {
  const clipboard = (navigator as { readonly clipboard?: Clipboard }).clipboard;
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return;
    } catch {
      // Not allowed for this page; the command may be.
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'visually-hidden';
  const focused = document.activeElement;
  // Inside an open dialog, for what lies outside one cannot be selected.
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  // There is no other way on plain http.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const isCopied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!isCopied) throw new Error('the browser does not let pages copy');
}
