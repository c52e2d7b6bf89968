/** Whose request brought which of the received bytes: an invocation has the rights of the request that carried it. */
export class Carriers<P> {
  /** The principal of the request that brought the message which is being read. */
  current: P;
  #last: P;
  /** From which of all received bytes on others carry. */
  readonly #marks: { readonly from: number; readonly principal: P }[] = [];

  constructor(principal: P) {
    this.current = this.#last = principal;
  }

  /** The bytes from this one on are brought by a request of this principal. */
  carry(principal: P, from: number): void {
    if (principal === this.#last) return;
    this.#last = principal;
    this.#marks.push({ from, principal });
  }

  /** A message is read that ends before this byte. */
  reach(end: number): void {
    while (this.#marks.length > 0 && this.#marks[0]!.from < end) this.current = this.#marks.shift()!.principal;
  }
}
