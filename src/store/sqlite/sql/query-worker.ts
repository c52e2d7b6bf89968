import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../channel/failure';
import { writeFrame } from './frames';
import {
  FRAME_KINDS,
  type NameAccess,
  type ProcessSettings,
  type QueryRequest,
  type WorkerNews,
} from './query-messages';
import { QueryRunner, type QueryOrder, type QueryOutlet } from './query-runner';

/** The descriptor that the server reads. Nothing else writes to it, and unlike stdout nothing makes it one that does not wait. */
const SERVER = 3;

const settings = workerData as ProcessSettings;
const port = parentPort;
if (port === null) throw new Error('This file runs in a worker thread.');

let runner: QueryRunner | undefined;
let onAccess: (access: NameAccess) => void = () => undefined;

const outlet: QueryOutlet = {
  ask(question) {
    const answer = new Promise<NameAccess>((resolve) => (onAccess = resolve));
    send('ask', question);
    return answer;
  },
  body(bytes) {
    writeFrame(SERVER, FRAME_KINDS.body, bytes);
  },
};

port.on('message', (request: QueryRequest) => {
  if (request.kind === 'access') onAccess(request.access);
  else void carryOut(request);
});

tellHost('ready');
send('ready', {});

/** Ends with one frame, `done` or `failed`, whatever happens. */
async function carryOut(order: QueryOrder): Promise<void> {
  try {
    runner ??= QueryRunner.open(settings, outlet);
    send('done', { front: await runner.run(order) });
  } catch (error) {
    const failure = toFailure('answer the query', error);
    // A connection that has failed may be hurt: the next query opens another.
    if (failure.code === 'store_unavailable' || failure.code === 'internal') {
      runner?.close();
      runner = undefined;
    }
    send('failed', failure);
  } finally {
    tellHost('idle');
  }
}

function tellHost(news: WorkerNews): void {
  port?.postMessage(news);
}

function send(kind: keyof typeof FRAME_KINDS, payload: object): void {
  writeFrame(SERVER, FRAME_KINDS[kind], Buffer.from(JSON.stringify(payload)));
}
