/** A path of a topic, up to the segment that names it. */
const TOPIC_PATH = /^\/topics\/([^/?#]+)/i;

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

  /** A request target with the name of the topic for its id. */
  inPath(url: string): string {
    if (this.#prefix === '') return url;
    const [path = '', segment = ''] = TOPIC_PATH.exec(url) ?? [];
    const given = decoded(segment);
    const name = this.nameOf(given);
    if (name === undefined || name === '' || name === given) return url;
    return url.slice(0, path.length - segment.length) + encodeURIComponent(name) + url.slice(path.length);
  }

  idOf(name: string): string {
    return this.#prefix + name;
  }
}

/** `undefined`: it is no escaped UTF-8, and is refused where the path is read. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
