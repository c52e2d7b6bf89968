const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes longest, and on a machine that has not run it before is not known to: it would be left for the end. */
const LONGEST = [
  'test/store/sqlite/contract/',
  'test/cli/',
  'test/store/sqlite/sql/limits',
  'test/conformance/',
  'test/store/sqlite/file/damage',
  'test/http/',
  'test/hub/',
];

/** Runs the files that take longest first, so that no worker is left with one when the others have finished. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONGEST.findIndex((part) => path.includes(part));
      return index < 0 ? LONGEST.length : index;
    };
    const sorted = super.sort(tests);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
};
