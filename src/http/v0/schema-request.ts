import { isUtf8 } from 'node:buffer';
import { WriterHubError } from '../../errors';
import { markLength } from '../../json/text-start';
import type { BodyOwner, BodyReader } from '../body-reader';
import { queryOf } from '../request-target';

/** A schema that was sent, and the name that was sent with it. */
export interface SchemaRequest {
  readonly name: string | undefined;
  /** The text of a `.datasource` file. */
  readonly text: string;
}

/** What a request for a schema may have as its body. */
export interface SchemaBody {
  /** What a body without fields holds. */
  readonly holds: 'file' | 'columns';
  /** The most bytes of the text of a schema. */
  readonly maxBytes: number;
}

/** How many times its bytes a text takes in a form: `%41` is one byte. */
const ENCODED_GROWTH = 3;

/** Values of `mode` that create or change a data source; the others of Tinybird's API do something else. */
const MODES = ['', 'create'];

/**
 * Reads a schema. It is the body, of any content type, with the name in the query; or it is the field `schema` of a
 * form, beside `name`, both of which may be in the query instead. `holds` says whether a body is a `.datasource`
 * file or its columns alone; a field always holds columns. Rejects with `invalid_schema` if there is none, with
 * `invalid_query`, and as `BodyReader.read`.
 */
export async function readSchemaRequest(
  owner: BodyOwner,
  bodies: BodyReader,
  { holds, maxBytes }: SchemaBody,
): Promise<SchemaRequest> {
  const { request } = owner;
  const query = queryOf(request.url);
  const body = await bodies.read({ ...owner, maxBytes: maxBytes * ENCODED_GROWTH });
  if (!isUtf8(body)) throw new WriterHubError('malformed_body', 'the body is not valid UTF-8');
  const text = body.toString('utf8', markLength(body));
  const form = formFields(request.headers['content-type'], text);
  const field = (name: string): string | undefined => form?.get(name) ?? query.get(name) ?? undefined;
  checkMode(field('mode') ?? '');
  const columns = field('schema');
  if (columns !== undefined) return { name: field('name'), text: fileOf(columns) };
  if (text.trim() !== '') {
    return { name: query.get('name') ?? undefined, text: holds === 'file' ? text : fileOf(text) };
  }
  throw new WriterHubError('invalid_schema', 'there is no schema: send it as the body');
}

/** curl sends the content type of a form with any body; only one with the field `schema` or `mode` is a form. */
function formFields(contentType: string | undefined, text: string): URLSearchParams | undefined {
  if (contentType?.startsWith('application/x-www-form-urlencoded') !== true) return undefined;
  const fields = new URLSearchParams(text);
  return fields.has('schema') || fields.has('mode') ? fields : undefined;
}

function checkMode(mode: string): void {
  if (MODES.includes(mode)) return;
  throw new WriterHubError('invalid_query', `mode=${mode.slice(0, 40)} is not create; rows go to /v0/events`);
}

/** The text of a `.datasource` file with these columns. */
function fileOf(columns: string): string {
  return `SCHEMA >\n${columns.replace(/^/gm, '    ')}`;
}
