import type { Scaleout, ScaleoutOptions } from '../scaleout';
import { SharedKeys } from '../shared-keys';
import { ConnectionTokens } from './connection-tokens';
import { EnvelopeOpener } from './envelope';
import { Forwarder } from './forwarder';
import { type ForwardedHandler, ForwardingListener } from './forwarding-listener';
import { DEFAULT_HOST, type ForwardingOptions } from './forwarding-options';

/** Forwards the requests that come to the wrong server: both halves, of the one that has got them and of the owner. */
export class Forwarding {
  readonly tokens: ConnectionTokens;
  readonly forwarder: Forwarder;
  readonly #listener: ForwardingListener;

  /** `handler` is asked for with the first request: it may need this to be made. */
  constructor(
    scaleout: Scaleout,
    settings: ForwardingOptions,
    options: ScaleoutOptions,
    handler: () => ForwardedHandler,
  ) {
    const keys = new SharedKeys(settings.keys);
    const { clock, logger, serverTimeout } = options;
    this.tokens = new ConnectionTokens(scaleout.id, keys);
    this.forwarder = new Forwarder({
      tokens: this.tokens,
      keys,
      clock,
      logger,
      serverTimeout,
      locate: (server) => scaleout.registry.locate(server),
    });
    scaleout.countForwarded = () => this.forwarder.size;
    scaleout.onServerGone = (server) => {
      this.forwarder.onGone(server);
    };
    this.#listener = new ForwardingListener(new EnvelopeOpener(scaleout.id, keys), handler, logger);
    const { host = DEFAULT_HOST, port = 0, address } = settings;
    this.#listener.listen({ host, port, address }, (reachedAt) => {
      scaleout.announceAt(reachedAt);
    });
  }

  close(): void {
    this.forwarder.close();
    this.#listener.close();
  }
}
