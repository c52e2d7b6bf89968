import type { AnyClientMethods } from '../clients/clients';
import type { AnyFunction, AnyHubMethods, HubContract, ItemOf } from './contract';
import { checkDeclaration, checkHooks, checkMethod, checkMethods, unknownKind } from './declaration-check';
import type { HubContext } from './hub-context';
import type { InvocationBinder, ParameterList } from '../protocol/hub-protocol';
import { MAXIMUM_PARAMETERS } from '../protocol/json-arguments';
import { NameTable } from '../protocol/name-table';
import { type ArgumentOf, isParameterKind, isValueKind, PARAMETER_KINDS, type ParameterKind } from './parameter-kinds';
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

/** What a client passes for a parameter of each kind: any value where the method gets text. */
type PassedFor<K extends ParameterKind> = K extends 'rawJson' | 'rawJson?'
  ? unknown
  : K extends 'rawStream' | 'stream<rawJson>' | 'stream<rawJson?>'
    ? AsyncIterable<unknown>
    : ArgumentOf<K>;

/** What a client passes to a method by the kinds of its parameters; the last `O` of them may be left out. */
export type PassedTo<K extends readonly ParameterKind[], O extends number = 0> = OmitLast<
  { -readonly [I in keyof K]: PassedFor<K[I]> },
  O
>;

/** A list of types, the last `O` of which may be left out. */
type OmitLast<A extends unknown[], O extends number, Soft extends unknown[] = []> = Soft['length'] extends O
  ? [...A, ...Partial<Soft>]
  : A extends [...infer Head, infer Last]
    ? OmitLast<Head, O, [Last, ...Soft]>
    : [...A, ...Partial<Soft>];

/**
 * A method that clients may invoke; made by `method` or `streamMethod`. `kinds` are the kinds of its values. `F` is the
 * method as its clients see it.
 */
export interface HubMethod<P = undefined, C = AnyClientMethods, F = AnyFunction> extends ParameterList {
  /** For the compiler alone: there is no such property. */
  readonly types?: F;
  /** The kinds of all parameters, streams included. */
  readonly parameters: readonly ParameterKind[];
  /** How many of the parameters are streams. */
  readonly uploads: number;
  /** Whether it returns a stream. */
  readonly answersStream: boolean;
  readonly invoke: (context: HubContext<P, C>, args: readonly unknown[]) => unknown;
}

/** Functions that are called when a connection begins, changes and ends. */
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
   * Called when a client has refreshed its token: `context.principal` is the new one, for this and for invocations that
   * come from now on. Those that run keep theirs. What it throws is logged.
   */
  readonly onAuthenticationRefreshed?: (context: HubContext<P, C>) => unknown;
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
  R = unknown,
>(
  kinds: K,
  handler: (context: HubContext<P, C>, ...args: ArgumentsOf<K, O>) => R,
  options: MethodOptions<O> = {},
): HubMethod<P, C, (...args: PassedTo<K, O>) => R> {
  checkDeclaration('method', [kinds, handler, options]);
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
  R extends StreamSource | PromiseLike<StreamSource> = StreamSource,
>(
  kinds: K,
  handler: (context: HubContext<P, C>, ...args: ArgumentsOf<K, O>) => R,
  options: MethodOptions<O> = {},
): HubMethod<P, C, (...args: PassedTo<K, O>) => AsyncIterable<ItemOf<R>>> {
  checkDeclaration('streamMethod', [kinds, handler, options]);
  return declare(kinds, handler, options, true);
}

function declare<P, C, K extends readonly ParameterKind[], O extends number>(
  kinds: K,
  handler: (context: HubContext<P, C>, ...args: ArgumentsOf<K, O>) => unknown,
  { optional }: MethodOptions<O>,
  answersStream: boolean,
): Omit<HubMethod<P, C>, 'types'> {
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

/**
 * A hub as data: its methods and hooks. Made by `defineHub`. `C` are the methods of its clients, `S` its own methods as
 * its clients see them.
 */
export class Hub<P = undefined, C = AnyClientMethods, S = AnyHubMethods> implements InvocationBinder {
  /** For the compiler alone: there is no such property. */
  declare readonly types?: HubContract<S, C>;
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

  /** The names of all methods, as they were declared. */
  get methodNames(): string[] {
    return [...this.#byName.keys()];
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
    checkMethod(name, declared);
    const { parameters, kinds, required } = declared;
    if (parameters.length > MAXIMUM_PARAMETERS) {
      throw new TypeError(`defineHub: method '${name}' has more than ${MAXIMUM_PARAMETERS} parameters`);
    }
    // An index, because what is wrong may be undefined.
    const wrong = parameters.findIndex((kind) => typeof kind !== 'string' || !isParameterKind(kind));
    if (wrong !== -1) throw unknownKind(name, parameters[wrong], PARAMETER_KINDS);
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

/** The methods of a hub, which are `S` to its clients. */
type MethodsOf<P, C, S> = { readonly [N in keyof S]: HubMethod<P, C, S[N]> } & Readonly<
  Record<string, HubMethod<P, C>>
>;

/** Declares a hub whose principal and clients are known. */
export type DefineHub<P, C> = <S extends AnyHubMethods>(
  methods: MethodsOf<P, C, S>,
  hooks?: HubHooks<P, C>,
) => Hub<P, C, S>;

/**
 * Declares a hub. `P` is the type of the principal that the server's `authenticate` returns. `C` declares the methods
 * that may be called on clients, for example `{ Name(text: string): void }`, so that the compiler checks those calls;
 * without it, any may be called.
 *
 * Without methods: `defineHub<C, P>()(methods, hooks)` declares the same hub, and its type also knows which methods it
 * has. TypeScript infers either all types of a call or none, so a call that names `P` and `C` loses the methods.
 */
export function defineHub<C, P = undefined>(): DefineHub<P, C>;
export function defineHub<P = undefined, C = AnyClientMethods, S extends AnyHubMethods = AnyHubMethods>(
  methods: MethodsOf<P, C, S>,
  hooks?: HubHooks<P, C>,
): Hub<P, C, S>;
export function defineHub(...given: readonly unknown[]): unknown {
  return given.length === 0 ? (...declared: readonly unknown[]) => makeHub(declared) : makeHub(given);
}

function makeHub([methods, hooks = {}]: readonly unknown[]): Hub<unknown, unknown> {
  checkMethods(methods);
  checkHooks(hooks);
  return new Hub(methods, hooks);
}

function asciiLower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
