/** Which pages may call: any when the list is empty or holds `*`, else those listed and the server's own. */
export class OriginPolicy {
  readonly #listed: ReadonlySet<string>;
  readonly #any: boolean;

  constructor(origins: readonly string[]) {
    this.#any = origins.length === 0 || origins.includes('*');
    this.#listed = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  }

  /** `origin` is the request's `Origin`, `host` its `Host`. A caller that is no browser sends no origin and is let through. */
  allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.#any) return true;
    const normal = origin.toLowerCase();
    return (
      this.#listed.has(normal) || (host !== undefined && normal.replace(/^https?:\/\//, '') === host.toLowerCase())
    );
  }
}
