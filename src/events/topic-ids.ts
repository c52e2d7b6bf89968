/**
 * The ids of topics where clients know a workspace: `<workspace>-<topic>`. Each means the topic whose name follows the
 * workspace; without a workspace the id of a topic is its name.
 */
export class TopicIds {
  readonly #prefix: string;

  constructor(workspace: string | undefined) {
    this.#prefix = workspace === undefined ? '' : `${workspace}-`;
  }

  /** The name that a caller means; what is no text stays what it is. */
  nameOf<T>(given: T): T | string {
    if (this.#prefix === '' || typeof given !== 'string' || !given.startsWith(this.#prefix)) return given;
    return given.slice(this.#prefix.length);
  }

  idOf(name: string): string {
    return this.#prefix + name;
  }
}
