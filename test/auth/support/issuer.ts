import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forge, makePair, signer, type KeyPair } from './forge';

interface IssuerKey extends KeyPair {
  readonly algorithm: string;
  readonly keyId: string | undefined;
}

const running = new Set<Issuer>();
afterEach(async () => {
  await Promise.all([...running].map((issuer) => issuer.stop()));
});

/**
 * An identity provider: signs tokens and serves its public keys over HTTP, as well or as badly as a test wants. Stops
 * by itself.
 */
export class Issuer {
  /** How often its keys were asked for. */
  requests = 0;
  /** What is answered instead of the keys. */
  answer: ((response: ServerResponse) => void) | undefined;
  readonly #keys: IssuerKey[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((_request, response) => {
      this.requests += 1;
      if (this.answer === undefined) response.end(JSON.stringify({ keys: this.#jwks() }));
      else this.answer(response);
    });
  }

  /** Starts with one key for each algorithm. */
  static async start(...algorithms: string[]): Promise<Issuer> {
    const issuer = new Issuer();
    for (const algorithm of algorithms) issuer.addKey(algorithm);
    issuer.#server.listen(0, '127.0.0.1');
    await once(issuer.#server, 'listening');
    running.add(issuer);
    return issuer;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/keys`;
  }

  /** Adds a key whose id is the name of its algorithm, unless another is given. */
  addKey(algorithm: string, keyId = algorithm, pair = makePair(algorithm)): KeyObject {
    this.#keys.push({ algorithm, keyId, ...pair });
    return pair.publicKey;
  }

  withdraw(keyId: string): void {
    const index = this.#keys.findIndex((key) => key.keyId === keyId);
    this.#keys.splice(index, 1);
  }

  /** A token under the key of this id. */
  token(keyId: string, claims: object, header: object = {}): string {
    const key = this.#keys.find((candidate) => candidate.keyId === keyId);
    if (key === undefined) throw new Error(`there is no key ${keyId}`);
    return forge({ alg: key.algorithm, kid: keyId, ...header }, claims, signer(key.algorithm, key.privateKey));
  }

  /** Holds answers back until the returned function is called. */
  hold(): () => void {
    const held: ServerResponse[] = [];
    this.answer = (response) => held.push(response);
    return () => {
      this.answer = undefined;
      for (const response of held) response.end(JSON.stringify({ keys: this.#jwks() }));
    };
  }

  /** Resolves when its keys are asked for the next time. */
  async asked(): Promise<void> {
    await once(this.#server, 'request');
  }

  /** Closes the port. */
  async stop(): Promise<void> {
    if (!running.delete(this)) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #jwks(): object[] {
    return this.#keys.map(({ publicKey, keyId, algorithm }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid: keyId,
      alg: algorithm,
      use: 'sig',
    }));
  }
}
