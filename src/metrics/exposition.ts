/** The forms in which metrics are served, by their media types. Prometheus 3 refuses an answer with another one. */
export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** What `Accept` says of a media type: how much it is wanted, 0 to 1. */
interface Wish {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/** Whether a request asks for OpenMetrics rather than the text format. RFC 9110, section 12.5.1. */
export function wantsOpenMetrics(accept = ''): boolean {
  const wishes = accept.split(',').map(parseWish);
  const open = wishes.filter(({ type, version }) => type === 'application/openmetrics-text' && isKnown(version));
  const text = wishes.filter(({ type }) => type === 'text/plain');
  const wanted = best(open);
  // Of two that are wanted alike, the one that says more.
  return wanted > 0 && wanted >= best(text);
}

function parseWish(entry: string): Wish {
  const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
  const valueOf = (name: string): string | undefined =>
    parameters
      .find((parameter) => parameter.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .replace(/^"(.*)"$/, '$1');
  const quality = Number(valueOf('q') ?? 1);
  return { type, version: valueOf('version'), quality: Number.isNaN(quality) ? 0 : quality };
}

/** Version 0.0.1 is the draft of 1.0.0, which is written the same. */
function isKnown(version: string | undefined): boolean {
  return version === undefined || version === '1.0.0' || version === '0.0.1';
}

function best(wishes: readonly Wish[]): number {
  return Math.max(0, ...wishes.map(({ quality }) => quality));
}

/**
 * OpenMetrics from the text format, whose metrics are the same: a counter is called without `_total` where it is
 * described, and there is an end. The registry's own way renames its counters for all forms.
 */
export function toOpenMetrics(text: string): string {
  const described = text.replace(
    /^# HELP (\S+)_total (.*)\n# TYPE \1_total counter$/gm,
    '# HELP $1 $2\n# TYPE $1 counter',
  );
  return `${described.replaceAll('\n\n', '\n')}# EOF\n`;
}
