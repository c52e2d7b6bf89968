/** The folders inside the parts of src/; what lies directly in a part, such as its entry, may use all of them. */
const ROOMS = '^src/[^/]+/.+';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'No file imports itself by way of others, be it values or types alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circle-of-rooms',
      comment: 'Nor do the folders of a part import each other in a circle.',
      severity: 'error',
      scope: 'folder',
      from: { path: ROOMS },
      to: { circular: true, viaOnly: { path: ROOMS } },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Sees what is erased by the compiler, too: imports of types.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
