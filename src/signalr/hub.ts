import type { HubContext } from './hub-context';
import type { InvocationBinder, ParameterKind } from './protocol/hub-protocol';
import { MAXIMUM_PARAMETERS } from './protocol/json-arguments';
import { NameTable } from './protocol/name-table';

/** What a method receives for a parameter of each kind. */
export interface ArgumentTypes {
  json: unknown;
  /**
   * The exact bytes the argument was sent as: only where it ends has been found out, whether it is well-formed JSON in UTF-8
   * has not. They are a view of what the socket delivered, which is never written over; do not transfer its `ArrayBuffer`.
   */
  rawJson: Uint8Array;
  string: string;
  number: number;
  boolean: boolean;
}

/** The arguments of a method, by the kinds of its parameters. */
export type ArgumentsOf<K extends readonly ParameterKind[]> = { -readonly [I in keyof K]: ArgumentTypes[K[I]] };

/** A method a client may invoke; made by `method`. */
export interface HubMethod<P> {
  readonly kinds: readonly ParameterKind[];
  readonly invoke: (context: HubContext<P>, args: readonly unknown[]) => unknown;
}

/** Functions that are called when a connection begins and ends. */
export interface HubHooks<P> {
  /**
   * Called after the handshake; the first invocation waits until what it returns has resolved. If it throws or rejects, the
   * connection is closed with an error.
   */
  readonly onConnected?: (context: HubContext<P>) => unknown;
  /**
   * Called once when the connection is gone, if `onConnected` was called or would have been; `error` says why unless
   * either side ended it in good order. What it throws is logged.
   */
  readonly onDisconnected?: (context: HubContext<P>, error: Error | undefined) => unknown;
}

const knownKinds: Readonly<Record<ParameterKind, true>> = {
  json: true,
  rawJson: true,
  string: true,
  number: true,
  boolean: true,
};

/**
 * Declares a hub method: the kinds of its parameters, and the function that is called with a context and an argument of
 * each. What it returns, or what its promise resolves to, is the result; `undefined` is sent as `null`. What it throws fails
 * the invocation; the text of a `HubException` reaches the client.
 */
export function method<P, const K extends readonly ParameterKind[]>(
  kinds: K,
  handler: (context: HubContext<P>, ...args: ArgumentsOf<K>) => unknown,
): HubMethod<P> {
  return {
    kinds: [...kinds],
    // The protocol has bound the arguments by these kinds.
    invoke: (context, args) => handler(context, ...(args as ArgumentsOf<K>)),
  };
}

/** A hub as data: which methods there are, and what happens when a connection begins and ends. Made by `defineHub`. */
export class Hub<P> implements InvocationBinder {
  readonly #byName = new Map<string, HubMethod<P>>();
  readonly #byLowerName = new Map<string, HubMethod<P>>();
  readonly #names: NameTable<string>;

  constructor(
    methods: Readonly<Record<string, HubMethod<P>>>,
    readonly hooks: HubHooks<P>,
  ) {
    for (const [name, declared] of Object.entries(methods)) this.#add(name, declared);
    this.#names = new NameTable([...this.#byName.keys()].map((name) => [name, name]));
  }

  /** The method of a name. Case does not matter in ASCII letters, as in ASP.NET Core. */
  method(target: string): HubMethod<P> | undefined {
    return this.#byName.get(target) ?? this.#byLowerName.get(asciiLower(target));
  }

  findTarget(bytes: Uint8Array, start: number, end: number): string | undefined {
    return this.#names.find(bytes, start, end);
  }

  parameterKinds(target: string): readonly ParameterKind[] | undefined {
    return this.method(target)?.kinds;
  }

  #add(name: string, declared: HubMethod<P>): void {
    if (name === '') throw new TypeError('defineHub: a method needs a name.');
    if (declared.kinds.length > MAXIMUM_PARAMETERS) {
      throw new TypeError(`defineHub: method '${name}' has more than ${MAXIMUM_PARAMETERS} parameters.`);
    }
    const wrong = declared.kinds.find((kind) => !Object.hasOwn(knownKinds, kind));
    if (wrong !== undefined) throw new TypeError(`defineHub: method '${name}' has a parameter of kind '${wrong}'.`);
    const lowerName = asciiLower(name);
    if (this.#byLowerName.has(lowerName)) {
      throw new TypeError(`defineHub: two methods are named '${name}', if case does not matter.`);
    }
    this.#byName.set(name, declared);
    this.#byLowerName.set(lowerName, declared);
  }
}

/** Declares a hub. `P` is the type of the principal that `authenticate` of its server returns. */
export function defineHub<P = undefined>(
  methods: Readonly<Record<string, HubMethod<P>>>,
  hooks: HubHooks<P> = {},
): Hub<P> {
  return new Hub(methods, hooks);
}

function asciiLower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
