// The writer thread, except that it dies of a part of a long append, once for each: of the one whose number stands in
// the name of its stream ("die inside 2"), before it begins, inside the transaction, or when it is made but not
// answered.
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import Database from 'better-sqlite3';

let place = '';

function dieAt(here) {
  if (place === here) process.exit(1);
}

const { prepare } = Database.prototype;
Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  if (sql !== 'COMMIT') return statement;
  const { run } = statement;
  statement.run = function () {
    dieAt('inside');
    return run.call(this);
  };
  return statement;
};

const { postMessage } = parentPort;
parentPort.postMessage = function (reply) {
  dieAt('after');
  postMessage.call(this, reply);
};

parentPort.on('message', ({ request }) => {
  const [, where, number] = /^die (\w+) (\d+)/.exec(request.groups?.events.streamIds[0] ?? '') ?? [];
  place = request.part !== undefined && request.part.index === Number(number) ? where : '';
  dieAt('before');
});
await import('../../../../dist/store/sqlite/writer/writer.js');
