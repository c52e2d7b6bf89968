// The writer thread, except that it dies of three commits in ten: before it begins, inside the transaction, and when
// the commit is made but not answered.
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import Database from 'better-sqlite3';

const BEFORE = 3;
const INSIDE = 5;
const AFTER = 8;

let digit = -1;

function dieAt(place) {
  if (digit === place) process.exit(1);
}

const { prepare } = Database.prototype;
Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  if (sql !== 'COMMIT') return statement;
  const { run } = statement;
  statement.run = function () {
    dieAt(INSIDE);
    return run.call(this);
  };
  return statement;
};

const { postMessage } = parentPort;
parentPort.postMessage = function (reply) {
  dieAt(AFTER);
  postMessage.call(this, reply);
};

parentPort.on('message', ({ request }) => {
  digit = request.kind === 'commit' ? request.number % 10 : -1;
  dieAt(BEFORE);
});
await import('../../../../dist/store/sqlite/writer/writer.js');
