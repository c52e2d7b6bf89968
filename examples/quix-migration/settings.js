// What the scripts here take from the environment.

function required(name) {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is not set: see README.md`);
  process.exit(2);
}

/** Where the Writer and the Reader are: one address here, two at Quix. */
const address = required('WRITER_HUB_URL').replace(/\/$/, '');
const token = required('TOKEN');
const topic = process.env.TOPIC ?? 'cars';
/** How long a script may take. */
const seconds = Number(process.env.TIMEOUT_SECONDS ?? 60);

/** Prints a line: what was done, and with what. */
function say(what, ...values) {
  console.log([what, ...values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))].join(' '));
}

/** Runs a script: ends with code 1 when it fails, or takes too long; `pending` says what is waited for then. */
async function main(run, pending = () => '') {
  const fail = (reason) => {
    console.error(`failed: ${reason}`);
    process.exit(1);
  };
  const overdue = setTimeout(() => fail(`${seconds} s are over${pending()}`), seconds * 1000);
  await run().catch((error) => fail(error.message));
  clearTimeout(overdue);
}

module.exports = { address, token, topic, say, main };
