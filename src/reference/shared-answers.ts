import type { JsonObject } from './answer-objects';
import { type ErrorForm, TRANSPORT_ANSWERS } from './error-answers';

const PREFIXES: Readonly<Record<ErrorForm, string>> = {
  problem: 'Problem',
  'events-api': 'EventsApi',
  signalr: 'Hub',
};

/** The answers of errors, each described once and referred to by all routes that have it. */
export class SharedAnswers {
  /** The name of each, by its text. */
  readonly #names = new Map<string, string>();
  readonly #answers = new Map<string, JsonObject>();

  /** References to the answers of a route, by their status. */
  refer(answers: Readonly<Record<string, JsonObject>>, form: ErrorForm): Record<string, JsonObject> {
    return Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [
        status,
        '$ref' in answer
          ? answer
          : { $ref: `#/components/responses/${this.#nameOf(answer, `${PREFIXES[form]}${status}`)}` },
      ]),
    );
  }

  components(): JsonObject {
    return { ...TRANSPORT_ANSWERS, ...Object.fromEntries(this.#answers) };
  }

  /** `Problem404`; another one of the same status is `Problem404-2`. */
  #nameOf(answer: JsonObject, base: string): string {
    const text = JSON.stringify(answer);
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const count = [...this.#answers.keys()].filter((name) => name === base || name.startsWith(`${base}-`)).length;
    const name = count === 0 ? base : `${base}-${count + 1}`;
    this.#names.set(text, name);
    this.#answers.set(name, answer);
    return name;
  }
}
