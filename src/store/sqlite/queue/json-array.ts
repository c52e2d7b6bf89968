import { JSON_BYTES } from '../../../json/json-bytes';

const { OPEN_ARRAY, COMMA, CLOSE_ARRAY } = JSON_BYTES;

/** Holds JSON texts separated by commas. */
interface Texts {
  readonly batch: { readonly json: Uint8Array };
}

/**
 * Writes a JSON array of all these texts at a position and gives the position behind it: 1 byte more than the texts and
 * 1 for each. There must be a text, and none may be empty.
 */
export function writeArray(target: Uint8Array, start: number, texts: readonly Texts[]): number {
  let end = start;
  target[end++] = OPEN_ARRAY;
  for (const { batch } of texts) {
    target.set(batch.json, end);
    end += batch.json.length;
    target[end++] = COMMA;
  }
  target[end - 1] = CLOSE_ARRAY;
  return end;
}
