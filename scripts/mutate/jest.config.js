// For Stryker: the project `unit` by itself, with the test files of TSLXC_MUTATE_TESTS alone. Stryker runs it in its copy.
'use strict';
const { join } = require('node:path');
const { projects } = require('../../jest.config');

const { displayName: _name, id: _id, ...unit } = projects.find((one) => one.displayName === 'unit');
const tests = JSON.parse(process.env.TSLXC_MUTATE_TESTS);

module.exports = {
  ...unit,
  rootDir: join(__dirname, '..', '..'),
  testMatch: tests.map((file) => `<rootDir>/${file}`),
};
