/** Which origins may call: any if the list is empty or holds `*`, otherwise those listed and the server's own. */
export class OriginPolicy {
  readonly #listed: ReadonlySet<string>;
  readonly #any: boolean;

  constructor(origins: readonly string[]) {
    this.#any = origins.length === 0 || origins.includes('*');
    this.#listed = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  }

  /** `origin` and `host` are the headers of the request. Callers other than browsers send no origin and are allowed. */
  allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.#any) return true;
    const normal = origin.toLowerCase();
    return (
      this.#listed.has(normal) || (host !== undefined && normal.replace(/^https?:\/\//, '') === host.toLowerCase())
    );
  }
}
