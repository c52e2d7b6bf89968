import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '../../../threads/thread-priority';
import { toFailure } from '../channel/failure';
import { writeFrame } from './pipe-frames';
import {
  FRAME_KINDS,
  type NameAccess,
  type ProcessSettings,
  type ProcessRequest,
  type WorkerStatus,
} from './query-messages';
import { QueryRunner, type CheckRequest, type QueryRequest, type ServerChannel } from './query-runner';

/** Where cores are few, those who write go first, but queries are not starved by them. */
const PRIORITY = 3;

/** The pipe to the server. Unlike stdout it stays in blocking mode, and nothing else writes to it. */
const SERVER_DESCRIPTOR = 3;

const settings = workerData as ProcessSettings;
const port = parentPort;
if (port === null) throw new Error('this file runs in a worker thread');

let runner: QueryRunner | undefined;
let onAccess: (access: NameAccess) => void = () => undefined;

const server: ServerChannel = {
  askAccess(question) {
    const answer = new Promise<NameAccess>((resolve) => (onAccess = resolve));
    send('ask', question);
    return answer;
  },
  sendBody(bytes) {
    writeFrame(SERVER_DESCRIPTOR, FRAME_KINDS.body, bytes);
  },
};

port.on('message', (request: ProcessRequest) => {
  if (request.kind === 'access') onAccess(request.access);
  else void carryOut(request);
});

giveWay(PRIORITY);
reportStatus('ready');
send('ready', {});

/** Sends one frame at its end, `done` or `failed`, whatever happens. */
async function carryOut(request: QueryRequest | CheckRequest): Promise<void> {
  try {
    runner ??= QueryRunner.open(settings, server);
    send('done', { preamble: request.kind === 'check' ? runner.check(request) : await runner.run(request) });
  } catch (error) {
    const failure = toFailure('answer the query', error);
    // The connection may be damaged: the next query opens another.
    if (failure.code === 'store_unavailable' || failure.code === 'internal') {
      runner?.close();
      runner = undefined;
    }
    send('failed', failure);
  } finally {
    reportStatus('idle');
  }
}

function reportStatus(status: WorkerStatus): void {
  port?.postMessage(status);
}

function send(kind: keyof typeof FRAME_KINDS, payload: object): void {
  writeFrame(SERVER_DESCRIPTOR, FRAME_KINDS[kind], Buffer.from(JSON.stringify(payload)));
}
