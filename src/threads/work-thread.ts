import { parentPort } from 'node:worker_threads';
import { parseDataSourceFile } from '../datasources/definition/datasource-file';
import { inferSchema } from '../datasources/inference/inference';
import { replayRows } from '../datasources/quarantine-page';
import { scanRows } from '../datasources/rows/row-scanner';
import { WriterHubError } from '../errors';
import { scanEvents } from '../events/event-scanner';
import { fingerprintOf } from '../events/idempotency';
import { inflateHere } from '../http/inflate';
import { scanPackage } from '../parameters/package-scanner';
import { giveWay } from './thread-priority';
import type { JobKind, JobReply, JobRequest, Jobs } from './jobs';
import { Parcel } from './transfer';

/** How the jobs of each kind are done. What is large leaves in the parcel, not as a copy. */
type Workers = {
  readonly [Kind in JobKind]: (
    input: Jobs[Kind]['input'],
    parcel: Parcel,
  ) => Jobs[Kind]['output'] | Promise<Jobs[Kind]['output']>;
};

const WORKERS: Workers = {
  events({ text, limits, purpose }, parcel) {
    const fingerprint = purpose && fingerprintOf(purpose, text);
    const batch = scanEvents(text, limits);
    return { batch: batch && { ...batch, json: parcel.hand(batch.json) }, fingerprint };
  },

  packages({ text, limits, purpose }, parcel) {
    const fingerprint = purpose && fingerprintOf(purpose, text);
    const batch = scanPackage(text, limits);
    return { batch: batch && { ...batch, json: parcel.hand(batch.json) }, fingerprint };
  },

  rows({ body, schema, options, purpose }, parcel) {
    const fingerprint = purpose && fingerprintOf(purpose, body);
    const { rows, quarantine, errors, unknownFields } = scanRows(body, schema, options);
    const scanned = {
      rows: { ...rows, json: parcel.hand(rows.json) },
      quarantine: { ...quarantine, json: parcel.hand(quarantine.json) },
      errors: errors.map(({ row, column, path, error }) => ({ row, column, path, error })),
      unknownFields,
    };
    return { scanned, body: parcel.hand(body), fingerprint };
  },

  inference({ body, options }, parcel) {
    return { schema: inferSchema(body, options), body: parcel.hand(body) };
  },

  schema({ text, limits }) {
    return parseDataSourceFile(text, limits);
  },

  replay({ raws, schema, options }, parcel) {
    const { fitting, misfits, errors } = replayRows(raws, schema, options);
    return {
      fitting: { ...fitting, json: parcel.hand(fitting.json) },
      misfits: { ...misfits, json: parcel.hand(misfits.json) },
      errors,
    };
  },

  async inflation({ sent, coding, limit }, parcel) {
    const body = { sent: Buffer.from(sent.buffer, sent.byteOffset, sent.length), coding, limit };
    return { content: parcel.hand(await inflateHere(body)) };
  },
};

const port = parentPort;
if (port === null) throw new Error('This file runs in a worker thread.');
giveWay();
port.on('message', (request: JobRequest) => {
  void answer(request, new Parcel());
});

/** Does one job. An error that is not meant for the caller ends the thread, as it would end a process. */
async function answer(request: JobRequest, parcel: Parcel): Promise<void> {
  let reply: JobReply;
  try {
    reply = { kind: 'done', output: await work(request, parcel) };
  } catch (error) {
    if (!(error instanceof WriterHubError)) throw error;
    const { code, message, problems, position } = error;
    reply = { kind: 'failed', code, message, problems, position };
  }
  port!.postMessage(reply, reply.kind === 'done' ? parcel.transfer : []);
}

function work<Kind extends JobKind>(
  { kind, input }: JobRequest<Kind>,
  parcel: Parcel,
): Jobs[Kind]['output'] | Promise<Jobs[Kind]['output']> {
  return WORKERS[kind](input, parcel);
}
