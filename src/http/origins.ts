import type { IncomingMessage } from 'node:http';
import { canonicalOrigin } from './canonical-origin';

/** A host that is an IP address or `localhost`, with or without a port. */
const ADDRESS = /^(localhost|\d+\.\d+\.\d+\.\d+|\[[\da-f:.]+\])(:\d+)?$/i;

/** What is looked at of a request. */
export type OriginRequest = Pick<IncomingMessage, 'headers' | 'socket'>;

/** Which origins may call: any if the list is empty or holds `*`, otherwise those listed and the server's own. */
export class OriginPolicy {
  #listed: ReadonlySet<string> = new Set();
  #any = true;

  constructor(origins: readonly string[]) {
    this.replace(origins);
  }

  /** Others may call from now on. */
  replace(origins: readonly string[]): void {
    this.#any = origins.length === 0 || origins.includes('*');
    this.#listed = new Set(origins.map((origin) => canonicalOrigin(origin) ?? origin));
  }

  /** Whether pages of any origin may call. */
  get allowsAny(): boolean {
    return this.#any;
  }

  /** Whether pages of an origin may call, whatever host they name. */
  allowsListed(origin: string): boolean {
    return this.#any || this.#listed.has(canonicalOrigin(origin) ?? '');
  }

  /**
   * Whether a request may be answered. Callers other than browsers send no origin and are allowed. The server's own
   * origin counts only at an address or at `localhost`: a name can be made to lead here by whoever owns it (DNS
   * rebinding), and has to be listed.
   */
  allows({ headers: { origin, host }, socket }: OriginRequest): boolean {
    if (origin === undefined || this.#any) return true;
    const normal = canonicalOrigin(origin);
    if (normal === undefined) return false;
    if (this.#listed.has(normal)) return true;
    if (host === undefined || !ADDRESS.test(host)) return false;
    return normal === canonicalOrigin(`${'encrypted' in socket ? 'https' : 'http'}://${host}`);
  }
}
