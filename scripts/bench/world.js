// Where a bench runs: in a world of its own (scripts/own-world.sh), with a /run, processes, interfaces and cgroups that it shares
// with nothing, and without the v2 tree of a hybrid host: crun and libvirt refuse to run beside that one.
'use strict';
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { StepError } = require('../steps');

const unified = '/sys/fs/cgroup/unified';
const scripts = [join(__dirname, '..', 'own-world.sh'), 'sh', join(__dirname, 'world.sh')];

/** Whether this process is in one already. */
function isInside() {
  return process.env.TSLXC_BENCH_WORLD !== undefined;
}

/** The same command in one; its exit status becomes this process's. */
function enter() {
  if (process.getuid() !== 0) throw new StepError('containers need root');
  const isHybrid = existsSync(unified);
  const words = [...scripts, process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, TSLXC_BENCH_WORLD: isHybrid ? 'hybrid' : 'same' };
  const { status, error } = spawnSync('sh', words, { stdio: 'inherit', env });
  if (error) throw error;
  process.exitCode = status ?? 1;
}

/** The cgroups that are seen here, as `v1` or `v2`, and in words. */
function cgroups() {
  const version = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 'v2' : 'v1';
  const isHidden = process.env.TSLXC_BENCH_WORLD === 'hybrid';
  return {
    version,
    words: isHidden ? `${version}, the v2 tree of the hybrid host hidden` : version,
  };
}

module.exports = { cgroups, enter, isInside };
