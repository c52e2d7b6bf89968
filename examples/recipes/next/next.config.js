// The folder is a project of its own.
module.exports = { turbopack: { root: __dirname } };
