import type { AnyClientMethods } from '../clients/clients';
import type { HubContext } from './hub-context';
import type { InvocationBinder, ParameterList } from '../protocol/hub-protocol';
import { MAXIMUM_PARAMETERS } from '../protocol/json-arguments';
import { NameTable } from '../protocol/name-table';
import { type ArgumentOf, isParameterKind, isValueKind, type ParameterKind } from './parameter-kinds';
import type { StreamSource } from './stream-source';

/** The arguments of a method by the kinds of its parameters; the last `O` of them are optional. */
export type ArgumentsOf<K extends readonly ParameterKind[], O extends number = 0> = SoftenLast<
  { -readonly [I in keyof K]: ArgumentOf<K[I]> },
  O
>;

/** A list of types, the last `O` of which may be `undefined`. */
type SoftenLast<A extends unknown[], O extends number, Soft extends unknown[] = []> = Soft['length'] extends O
  ? [...A, ...Soft]
  : A extends [...infer Head, infer Last]
    ? SoftenLast<Head, O, [Last | undefined, ...Soft]>
    : [...A, ...Soft];

/** A method that clients may invoke; made by `method` or `streamMethod`. `kinds` are the kinds of its values. */
export interface HubMethod<P = undefined, C = AnyClientMethods> extends ParameterList {
  /** The kinds of all parameters, streams included. */
  readonly parameters: readonly ParameterKind[];
  /** How many of the parameters are streams. */
  readonly uploads: number;
  /** Whether it returns a stream. */
  readonly answersStream: boolean;
  readonly invoke: (context: HubContext<P, C>, args: readonly unknown[]) => unknown;
}

/** Functions that are called when a connection begins and ends. */
export interface HubHooks<P = undefined, C = AnyClientMethods> {
  /**
   * Called after the handshake. The first invocation waits until the returned promise resolves. If it throws or
   * rejects, the connection is closed with an error.
   */
  readonly onConnected?: (context: HubContext<P, C>) => unknown;
  /**
   * Called once when the connection is gone, if the handshake succeeded. `error` says why unless either side ended the
   * connection in good order. What it throws is logged.
   */
  readonly onDisconnected?: (context: HubContext<P, C>, error: Error | undefined) => unknown;
  /**
   * Called when a client's arguments do not fit the method it invokes. What it returns is the error that the client
   * gets: the text of a `HubException` reaches it. Without it, the client is told no more than that it failed, as
   * ASP.NET Core does, and the log says why.
   */
  readonly onMisfit?: (misfit: ArgumentMisfit) => Error | undefined;
}

/** Arguments that do not fit the method they were sent to. */
export interface ArgumentMisfit {
  /** The method's name as it was declared. */
  readonly method: string;
  /** What is wrong, in a sentence whose subject is the method: `takes 2 arguments, got 1`. */
  readonly reason: string;
}

/** Options of a method. */
export interface MethodOptions<O extends number> {
  /** How many of the last parameters may be left out; the function gets `undefined` for each of them. Default 0. */
  readonly optional?: O;
}

/**
 * Declares a hub method: the kinds of its parameters, and the function to call with the context and an argument for
 * each of them. What it returns, or what its promise resolves to, is the result; `undefined` is sent as `null`. If it
 * throws, the invocation fails; only the text of a `HubException` reaches the client.
 */
export function method<
  P,
  C = AnyClientMethods,
  const K extends readonly ParameterKind[] = readonly ParameterKind[],
  const O extends number = 0,
>(
  kinds: K,
  handler: (context: HubContext<P, C>, ...args: ArgumentsOf<K, O>) => unknown,
  options: MethodOptions<O> = {},
): HubMethod<P, C> {
  return declare(kinds, handler, options, false);
}

/**
 * Declares a hub method that returns a stream: an async iterable (such as an async generator), an iterable, an
 * observable, or a promise of one. Items are sent as fast as the client takes them. When the client cancels,
 * `context.signal` is aborted, and the iterator's `return` is called or the subscription ended.
 */
export function streamMethod<
  P,
  C = AnyClientMethods,
  const K extends readonly ParameterKind[] = readonly ParameterKind[],
  const O extends number = 0,
>(
  kinds: K,
  handler: (context: HubContext<P, C>, ...args: ArgumentsOf<K, O>) => StreamSource | PromiseLike<StreamSource>,
  options: MethodOptions<O> = {},
): HubMethod<P, C> {
  return declare(kinds, handler, options, true);
}

function declare<P, C, K extends readonly ParameterKind[], O extends number>(
  kinds: K,
  handler: (context: HubContext<P, C>, ...args: ArgumentsOf<K, O>) => unknown,
  { optional }: MethodOptions<O>,
  answersStream: boolean,
): HubMethod<P, C> {
  const values = kinds.filter(isValueKind);
  return {
    parameters: [...kinds],
    kinds: values,
    required: values.length - (optional ?? 0),
    uploads: kinds.length - values.length,
    answersStream,
    // The protocol has bound the arguments by these kinds.
    invoke: (context, args) => handler(context, ...(args as ArgumentsOf<K, O>)),
  };
}

/** A hub as data: its methods and hooks. Made by `defineHub`. */
export class Hub<P = undefined, C = AnyClientMethods> implements InvocationBinder {
  readonly #byName = new Map<string, HubMethod<P, C>>();
  readonly #byLowerName = new Map<string, HubMethod<P, C>>();
  readonly #declaredNames = new Map<string, string>();
  readonly #names: NameTable<string>;

  constructor(
    methods: Readonly<Record<string, HubMethod<P, C>>>,
    readonly hooks: HubHooks<P, C>,
  ) {
    for (const [name, declared] of Object.entries(methods)) this.#add(name, declared);
    this.#names = new NameTable([...this.#byName.keys()].map((name) => [name, name]));
  }

  /** The method of this name, matched without regard to the case of ASCII letters, as in ASP.NET Core. */
  method(target: string): HubMethod<P, C> | undefined {
    return this.#byName.get(target) ?? this.#byLowerName.get(asciiLower(target));
  }

  /** Calls a method of the hub. @throws TypeError when it does not exist. */
  invoke(name: string, context: HubContext<P, C>, args: readonly unknown[]): unknown {
    const method = this.method(name);
    if (method === undefined) throw new TypeError(`the hub has no method '${name}'`);
    return method.invoke(context, args);
  }

  /** A method's name as it was declared. */
  declaredName(target: string): string | undefined {
    return this.#byName.has(target) ? target : this.#declaredNames.get(asciiLower(target));
  }

  findTarget(bytes: Uint8Array, start: number, end: number): string | undefined {
    return this.#names.find(bytes, start, end);
  }

  parameters(target: string): ParameterList | undefined {
    return this.method(target);
  }

  #add(name: string, declared: HubMethod<P, C>): void {
    if (name === '') throw new TypeError('defineHub: a method needs a name');
    const { parameters, kinds, required } = declared;
    if (parameters.length > MAXIMUM_PARAMETERS) {
      throw new TypeError(`defineHub: method '${name}' has more than ${MAXIMUM_PARAMETERS} parameters`);
    }
    const wrong = parameters.find((kind) => !isParameterKind(kind));
    if (wrong !== undefined) throw new TypeError(`defineHub: method '${name}' has a parameter of kind '${wrong}'`);
    if (!Number.isInteger(required) || required < 0 || required > kinds.length) {
      throw new TypeError(`defineHub: method '${name}' has no such number of optional parameters`);
    }
    if (!parameters.slice(parameters.length - (kinds.length - required)).every(isValueKind)) {
      throw new TypeError(`defineHub: method '${name}' has a stream for an optional parameter`);
    }
    const lowerName = asciiLower(name);
    if (this.#byLowerName.has(lowerName)) {
      throw new TypeError(`defineHub: two methods are named '${name}', if case does not matter`);
    }
    this.#byName.set(name, declared);
    this.#byLowerName.set(lowerName, declared);
    this.#declaredNames.set(lowerName, name);
  }
}

/**
 * Declares a hub. `P` is the type of the principal that the server's `authenticate` returns. `C` declares the methods
 * that may be called on clients, for example `{ Name(text: string): void }`, so that the compiler checks those calls;
 * without it, any may be called.
 */
export function defineHub<P = undefined, C = AnyClientMethods>(
  methods: Readonly<Record<string, HubMethod<P, C>>>,
  hooks: HubHooks<P, C> = {},
): Hub<P, C> {
  return new Hub(methods, hooks);
}

function asciiLower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
