import { Observable } from '../state/observable-value';
import { decoded, givenToken, whyNoToken } from './given-token';

/**
 * Who uses the console. `reason`: why not, in the server's words; `isOfLink`: nobody was signed in before, as the token
 * of a link was not taken.
 */
export type SessionState =
  | { readonly kind: 'signed-in'; readonly token: string }
  | { readonly kind: 'signed-out'; readonly reason?: string; readonly isOfLink?: boolean };

/** What the tabs of one console tell each other. */
export type TabMessage =
  { readonly type: 'ask' } | { readonly type: 'token'; readonly token: string } | { readonly type: 'signed-out' };

/** What a session stands on, of a browser. */
export interface SessionParts {
  /** That of the tab, `sessionStorage`. */
  readonly storage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  };
  /** To the other tabs. */
  readonly channel: {
    tell(message: TabMessage): void;
    onTold(listener: (message: TabMessage) => void): void;
  };
  /** Name under which the token is kept: two servers behind prefixes of one host do not share it. */
  readonly key: string;
}

/** What is read and written of an address. */
interface Address {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
}

/** `#token=…`: how the link that the server prints hands the token over. It is never sent to the server. */
const LINK = /^#token=([^&]*)/;

/**
 * The token of this tab. It is kept as long as the tab is, handed to tabs that are opened later, and forgotten in all
 * of them when one signs out.
 */
export class Session {
  readonly state: Observable<SessionState>;
  readonly #parts: SessionParts;
  /** A token of a link that the server has not taken yet. */
  #untried: string | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const kept = parts.storage.getItem(parts.key);
    this.state = new Observable<SessionState>(
      kept === null ? { kind: 'signed-out' } : { kind: 'signed-in', token: kept },
    );
    parts.channel.onTold((message) => {
      this.#hear(message);
    });
    if (kept === null) this.#tell({ type: 'ask' });
  }

  get token(): string | undefined {
    const { value } = this.state;
    return value.kind === 'signed-in' ? value.token : undefined;
  }

  signIn(token: string): void {
    this.#keep(token);
    this.#tell({ type: 'token', token });
  }

  /** Forgets the token in every tab. */
  signOut(): void {
    this.#forget({ kind: 'signed-out' });
    this.#tell({ type: 'signed-out' });
  }

  /** Forgets a token that the server does not take, here. Another one may have been given meanwhile. */
  refused(token: string, reason: string): void {
    if (token !== this.token) return;
    const isOfLink = token === this.#untried;
    this.#forget({ kind: 'signed-out', reason, ...(isOfLink && { isOfLink }) });
  }

  /** The server takes a token. */
  taken(token: string): void {
    if (token === this.#untried) this.#untried = undefined;
  }

  /** Takes the token out of an address such as `…/#token=…`, and out of the history. Says whether there was one. */
  takeFromAddress({ location, history }: Address): boolean {
    const [, linked] = LINK.exec(location.hash) ?? [];
    if (linked === undefined) return false;
    history.replaceState(null, '', `${location.pathname}${location.search}#/`);
    const token = givenToken(decoded(linked));
    const reason = whyNoToken(token);
    if (reason === undefined) {
      this.#untried = token;
      this.signIn(token);
    } else this.#forget({ kind: 'signed-out', reason, isOfLink: true });
    return true;
  }

  #hear(message: TabMessage): void {
    if (message.type === 'ask' && this.token !== undefined) this.#tell({ type: 'token', token: this.token });
    else if (message.type === 'token' && this.token === undefined) this.#keep(message.token);
    else if (message.type === 'signed-out') this.#forget({ kind: 'signed-out' });
  }

  #keep(token: string): void {
    this.#parts.storage.setItem(this.#parts.key, token);
    this.state.set({ kind: 'signed-in', token });
  }

  #forget(state: SessionState): void {
    this.#parts.storage.removeItem(this.#parts.key);
    this.state.set(state);
  }

  #tell(message: TabMessage): void {
    this.#parts.channel.tell(message);
  }
}
