import { checkNames, describe, didYouMean } from '../mistakes';

const EXAMPLE = "{ Add: method(['number', 'number'], (context, a, b) => a + b) }";

const HOOK_NAMES = ['onConnected', 'onDisconnected', 'onAuthenticationRefreshed', 'onMisfit'];

/** Functions whose calls return an iterator rather than a result. */
const GENERATORS = ['GeneratorFunction', 'AsyncGeneratorFunction'];

/** @throws TypeError unless `method` or `streamMethod` was called with a list of kinds, a function and options. */
export function checkDeclaration(caller: 'method' | 'streamMethod', given: readonly unknown[]): void {
  const [kinds, handler, options] = given;
  if (!Array.isArray(kinds)) {
    throw new TypeError(
      `${caller}: first comes the list of the kinds of the parameters, such as ['string'] or [], not ${describe(kinds)}`,
    );
  }
  if (typeof handler !== 'function') {
    throw new TypeError(`${caller}: behind the kinds comes the function, not ${describe(handler)}`);
  }
  if (caller === 'method' && GENERATORS.includes(handler.constructor.name)) {
    throw new TypeError('method: a generator function is a stream of items; declare it with streamMethod');
  }
  checkNames(`${caller}, options`, options, ['optional']);
}

/** @throws TypeError unless `defineHub` was called with an object of methods. */
export function checkMethods(methods: unknown): asserts methods is Readonly<Record<string, never>> {
  if (typeof methods !== 'object' || methods === null || Array.isArray(methods)) {
    throw new TypeError(`defineHub: an object of methods is needed, such as ${EXAMPLE}, not ${describe(methods)}`);
  }
}

/** @throws TypeError unless the hooks of a hub are functions of their names. */
export function checkHooks(hooks: unknown): asserts hooks is object {
  checkNames('defineHub, hooks', hooks, HOOK_NAMES);
  for (const [name, hook] of Object.entries(hooks as object)) {
    if (hook === undefined || typeof hook === 'function') continue;
    throw new TypeError(`defineHub, hooks: '${name}' must be a function, not ${describe(hook)}`);
  }
}

/** @throws TypeError unless a method was made by `method` or `streamMethod`. */
export function checkMethod(name: string, declared: unknown): void {
  if (name === '') throw new TypeError('defineHub: a method needs a name');
  if (typeof declared === 'function') {
    throw new TypeError(
      `defineHub: '${name}' is a plain function; declare the kinds of its parameters: ${name}: method(['string'], function)`,
    );
  }
  if (typeof declared === 'object' && declared !== null && 'parameters' in declared && 'invoke' in declared) return;
  throw new TypeError(`defineHub: '${name}' must be made by method or streamMethod, but is ${describe(declared)}`);
}

/** The error for a parameter of a kind that does not exist. */
export function unknownKind(name: string, kind: unknown, kinds: readonly string[]): TypeError {
  const hint = typeof kind === 'string' ? didYouMean(kind, kinds) : '';
  const all = `${hint === '' ? '; the' : `${hint} The`} kinds are ${kinds.join(', ')}`;
  return new TypeError(`defineHub: method '${name}' has a parameter of kind ${describe(kind)}${all}`);
}

/** @throws TypeError unless a server was given a hub. */
export function checkHub(hub: unknown): void {
  if (typeof hub === 'function') {
    throw new TypeError(
      'createHubServer: a hub is needed, as defineHub(methods) returns it, not a function; defineHub() without methods returns one that takes them: defineHub()(methods)',
    );
  }
  if (typeof hub === 'object' && hub !== null && 'findTarget' in hub && 'hooks' in hub) return;
  throw new TypeError(`createHubServer: a hub is needed, as defineHub(methods) returns it, not ${describe(hub)}`);
}
