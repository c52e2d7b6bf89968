const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text as HTML, also within quotes. */
export function text(value: string): string {
  return value.replace(/[&<>"]/g, (sign) => ESCAPES[sign]!);
}

/** Markdown of one paragraph, with code, emphasis and links, as HTML. */
export function inlineHtml(markdown: string): string {
  return markdown
    .split(/(`[^`]+`)/)
    .map((part) => {
      if (part.startsWith('`') && part.length > 1) return `<code>${text(part.slice(1, -1))}</code>`;
      return text(part)
        .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
        .replace(/\*([^*]+)\*/g, '<em>$1</em>')
        .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>');
    })
    .join('');
}

/** Markdown of paragraphs and blocks of code. */
export function markdownHtml(markdown: string): string {
  return markdown
    .split(/(```\w*\n[^]*?\n```)/)
    .flatMap((part) => {
      const block = /^```\w*\n([^]*)\n```$/.exec(part);
      if (block !== null) return [`<pre tabindex="0"><code>${text(block[1]!)}</code></pre>`];
      const paragraphs = part.split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== '');
      return paragraphs.map((paragraph) => `<p>${inlineHtml(paragraph.trim())}</p>`);
    })
    .join('\n');
}
