// What a bench says about the machine that it runs on, and which kind of machine that is: times are compared only within a kind.
'use strict';
const { cpus, loadavg, release } = require('node:os');
const { cgroups } = require('./world');

/** The machine as it is now. */
function machine() {
  return {
    date: new Date().toISOString(),
    node: process.version,
    kernel: release(),
    cores: cpus().length,
    processor: cpus()[0]?.model ?? process.arch,
    cgroups: cgroups().words,
    load: loadavg()[0],
  };
}

function describeMachine({ node, kernel, cores, cgroups: groups, load }) {
  return `Node.js ${node}, Linux ${kernel}, cores: ${cores}, cgroups: ${groups}, load: ${load.toFixed(1)}`;
}

/**
 * What the ratio of the library to the floor depends on besides the library: which cgroups there are, since they decide which
 * objects both make, the processor, and the kernel.
 */
function kindOf({ version, cores, processor, kernel }) {
  const [series] = /^\d+\.\d+/.exec(kernel) ?? [kernel];
  return `cgroup ${version}, ${cores} × ${processor}, Linux ${series}`;
}

/** The kind of this machine. */
function kindHere() {
  return kindOf({ ...machine(), version: cgroups().version });
}

module.exports = { describeMachine, kindHere, kindOf, machine };
