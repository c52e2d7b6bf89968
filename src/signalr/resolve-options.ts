import { systemClock } from './clock';
import { EVENT_CHANNELS } from './instruments';
import { LOG_LEVELS, type Logger, silentLogger } from './logger';
import { checkNames, describe, didYouMean } from './mistakes';
import { PROTOCOL_NAMES, TRANSPORT_NAMES } from './names';
import {
  CHANGEABLE_OPTIONS,
  type ChangeableOptions,
  type HubLimits,
  type HubServerSettings,
  type ResolvedOptions,
} from './options';
import type { Backplane } from './scaleout/backplane';
import { forwardingFault } from './scaleout/forwarding/forwarding-options';

const MEBIBYTE = 1024 * 1024;

const defaults: ResolvedOptions = {
  handshakeTimeout: 15_000,
  keepAliveInterval: 15_000,
  clientTimeout: 30_000,
  negotiationTimeout: 15_000,
  pollTimeout: 90_000,
  disconnectTimeout: 15_000,
  sendTimeout: 10_000,
  closeTimeout: 5_000,
  minimumDataRate: 240,
  dataRateGracePeriod: 5_000,
  maximumReceiveMessageSize: 32 * 1024,
  maximumParsedSize: Infinity,
  maximumSendBufferSize: MEBIBYTE,
  statefulReconnectBufferSize: 100_000,
  maximumParallelInvocations: 1,
  maximumParallelInvocationBytes: MEBIBYTE,
  streamBufferCapacity: 10,
  maximumStreamsPerConnection: 100,
  maximumGroupsPerConnection: 1_000,
  clientResultTimeout: Infinity,
  serverTimeout: 5_000,
  maximumConnections: 10_000,
  isOriginAllowed: () => true,
  transports: TRANSPORT_NAMES,
  protocols: PROTOCOL_NAMES,
  allowStatefulReconnects: false,
  redirect: () => undefined,
  closeOnAuthenticationExpiration: false,
  enableAuthenticationRefresh: false,
  detailedErrors: false,
  memory: undefined,
  shareConnections: false,
  onLimit: () => undefined,
  remoteAddressOf: ({ socket }) => socket.remoteAddress,
  onRefused: () => undefined,
  metrics: {},
  traceInvocation: undefined,
  backplane: undefined,
  forwarding: undefined,
  logger: silentLogger,
  clock: systemClock,
};

const DURATIONS = [
  'handshakeTimeout',
  'keepAliveInterval',
  'clientTimeout',
  'negotiationTimeout',
  'pollTimeout',
  'disconnectTimeout',
  'sendTimeout',
  'closeTimeout',
  'dataRateGracePeriod',
] as const;

/** Durations with a timer of their own. */
const TIMERS = ['clientResultTimeout', 'serverTimeout'] as const;

const AMOUNTS = [
  'maximumReceiveMessageSize',
  'maximumSendBufferSize',
  'statefulReconnectBufferSize',
  'maximumParallelInvocations',
  'maximumParallelInvocationBytes',
  'streamBufferCapacity',
  'maximumStreamsPerConnection',
  'maximumGroupsPerConnection',
  'maximumConnections',
] as const;

const SWITCHES = [
  'allowStatefulReconnects',
  'closeOnAuthenticationExpiration',
  'enableAuthenticationRefresh',
  'detailedErrors',
  'shareConnections',
] as const;

const FUNCTIONS = ['isOriginAllowed', 'redirect', 'onLimit', 'onRefused', 'remoteAddressOf'] as const;

const FILTER_NAMES = ['invoke', 'connected', 'disconnected'];

const OPTION_NAMES = [...Object.keys(defaults), 'authenticate', 'onAuthenticationRefresh', 'filters'];

const LONGEST_TICK = 1000;

/** The options that depend on the principal. */
interface PrincipalSettings {
  readonly authenticate?: unknown;
  readonly onAuthenticationRefresh?: unknown;
  readonly filters?: unknown;
}

/** Fills in defaults. @throws TypeError that names an option which is unknown or has a wrong value. */
export function resolveOptions(
  settings: HubServerSettings & PrincipalSettings,
  defaultLogger: Logger = silentLogger,
): ResolvedOptions {
  checkIsObject(settings);
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  for (const [name] of given) {
    if (!OPTION_NAMES.includes(name)) refuse(name, `does not exist${didYouMean(name, OPTION_NAMES)}`);
  }
  checkAuthentication(settings);
  if (settings.filters !== undefined) checkFilters(settings.filters);
  const { logger = defaultLogger, ...others } = Object.fromEntries(given) as HubServerSettings;
  const options: ResolvedOptions = { ...defaults, ...others, logger: logger === false ? silentLogger : logger };
  checkValues(options);
  return options;
}

/** The options with some others. @throws TypeError that names one which cannot be changed or has a wrong value. */
export function changeOptions(options: ResolvedOptions, changes: ChangeableOptions): ResolvedOptions {
  const given = Object.entries<unknown>({ ...changes }).filter(([, value]) => value !== undefined);
  const names: readonly string[] = CHANGEABLE_OPTIONS;
  for (const [name] of given) {
    if (!names.includes(name)) throw new OptionError(name, 'cannot be changed', 'HubServer.configure');
  }
  const changed: ResolvedOptions = { ...options, ...(Object.fromEntries(given) as ChangeableOptions) };
  try {
    checkValues(changed);
  } catch (error) {
    throw error instanceof OptionError ? error.of('HubServer.configure') : error;
  }
  return changed;
}

function checkValues(options: ResolvedOptions): void {
  for (const name of [...DURATIONS, ...TIMERS]) {
    if (typeof options[name] !== 'number' || !(options[name] > 0))
      refuse(name, 'must be a positive number of milliseconds');
  }
  for (const name of AMOUNTS) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 1) refuse(name, 'must be a positive integer');
  }
  if (typeof options.minimumDataRate !== 'number' || !(options.minimumDataRate >= 0)) {
    refuse('minimumDataRate', 'must be a number of bytes per second');
  }
  if (
    options.maximumParsedSize !== Infinity &&
    !(Number.isSafeInteger(options.maximumParsedSize) && options.maximumParsedSize > 0)
  ) {
    refuse('maximumParsedSize', 'must be a positive integer or Infinity');
  }
  if (options.memory !== undefined) checkMethodsOf('memory', options.memory, ['take', 'release']);
  checkMetrics(options.metrics);
  checkMethodsOf('logger', options.logger, LOG_LEVELS, 'be false, or ');
  checkMethodsOf('clock', options.clock, ['now', 'date', 'every']);
  if (options.backplane !== undefined && typeof (options.backplane as Partial<Backplane>).connect !== 'function') {
    refuse('backplane', 'must be one that createRedisBackplane makes, or have connect');
  }
  if (options.forwarding !== undefined) {
    const fault = options.backplane === undefined ? 'needs a backplane' : forwardingFault(options.forwarding);
    if (fault !== undefined) refuse('forwarding', fault);
  }
  for (const name of SWITCHES) {
    if (typeof options[name] !== 'boolean') refuse(name, 'must be true or false');
  }
  for (const name of FUNCTIONS) {
    if (typeof options[name] !== 'function') refuse(name, 'must be a function');
  }
  if (options.traceInvocation !== undefined && typeof options.traceInvocation !== 'function') {
    refuse('traceInvocation', 'must be a function');
  }
  checkKnown('transports', options.transports, TRANSPORT_NAMES);
  checkKnown('protocols', options.protocols, PROTOCOL_NAMES);
}

function checkAuthentication(settings: HubServerSettings & PrincipalSettings): void {
  const { authenticate, enableAuthenticationRefresh: refreshes, onAuthenticationRefresh } = settings;
  if (authenticate !== undefined && typeof authenticate !== 'function') refuse('authenticate', 'must be a function');
  if (refreshes === true && authenticate === undefined) refuse('enableAuthenticationRefresh', 'needs authenticate');
  if (onAuthenticationRefresh === undefined) return;
  if (typeof onAuthenticationRefresh !== 'function') refuse('onAuthenticationRefresh', 'must be a function');
  if (refreshes !== true) refuse('onAuthenticationRefresh', 'needs enableAuthenticationRefresh');
}

const METRICS_NAMES = [...Object.keys(EVENT_CHANNELS), 'invocationMeter'];

function checkMetrics(metrics: unknown): void {
  if (typeof metrics !== 'object' || metrics === null) refuse('metrics', 'must be an object of functions');
  for (const [name, hook] of Object.entries(metrics)) {
    if (!METRICS_NAMES.includes(name)) refuse('metrics', `has no '${name}', but ${METRICS_NAMES.join(', ')}`);
    if (hook !== undefined && typeof hook !== 'function') refuse('metrics', `must have a function for '${name}'`);
  }
}

function checkIsObject(settings: unknown): void {
  if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return;
  throw new TypeError(
    `createHubServer: options are an object, such as { detailedErrors: true }, not ${describe(settings)}`,
  );
}

function checkMethodsOf(option: string, value: unknown, names: readonly string[], otherwise = ''): void {
  const object = value as Record<string, unknown> | null;
  const missing = names.filter((name) => typeof object?.[name] !== 'function');
  if (missing.length === 0) return;
  refuse(option, `must ${otherwise}have the methods ${names.join(', ')}; ${missing.join(', ')} is missing`);
}

function checkFilters(filters: unknown): void {
  if (!Array.isArray(filters)) refuse('filters', `must be a list, not ${describe(filters)}`);
  for (const filter of filters) {
    checkNames("createHubServer: option 'filters'", filter, FILTER_NAMES);
    const wrong = Object.entries(filter as object).find(([, part]) => part !== undefined && typeof part !== 'function');
    if (wrong !== undefined) refuse('filters', `must have functions, but '${wrong[0]}' is ${describe(wrong[1])}`);
  }
}

function checkKnown(option: string, names: unknown, known: readonly unknown[]): void {
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => known.includes(name))) {
    refuse(option, `must be a list of some of ${known.join(', ')}`);
  }
}

/** How often durations are checked. */
export function tickInterval(options: HubLimits): number {
  return Math.min(LONGEST_TICK, ...DURATIONS.map((name) => options[name]));
}

function refuse(name: string, rule: string): never {
  throw new OptionError(name, rule);
}

/** An option has a wrong value. */
export class OptionError extends TypeError {
  readonly #option: string;
  readonly #rule: string;

  constructor(option: string, rule: string, caller = 'createHubServer') {
    super(`${caller}: option '${option}' ${rule}`);
    this.#option = option;
    this.#rule = rule;
  }

  /** The same, as another function is told it. */
  of(caller: string): OptionError {
    return new OptionError(this.#option, this.#rule, caller);
  }
}
