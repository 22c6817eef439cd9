// The packed package in an emulated machine with an arm64 processor, without a compiler and a network, as npm installs it there:
// run by `npm run test:arm64`, as root, by Node's own runner, since Jest takes minutes to start there. What is tried is the
// command: it has all of the product below it.
'use strict';
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, rmSync } = require('node:fs');
const { statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const test = require('node:test');

const project = join(__dirname, 'project');
const npm = join(__dirname, 'npm/node_modules/npm/bin/npm-cli.js');
const installed = join(project, 'node_modules/tslxc');
const command = join(installed, 'dist/cli/main.js');
/** Milliseconds after which a program hangs: the command takes seconds to start there, npm half a minute. */
const timeout = 120_000;
const longest = 600_000;
/** Only root can search it, as a root with an id map has to lie. */
const folder = '/var/private';
const gateway = '192.168.77.1';

/** Runs the command; with what it printed, and its exit code. */
function run(...words) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [command, ...words], {
    encoding: 'utf8',
    timeout,
  });
  return { code: status ?? signal, stdout, stderr };
}

/** The same for what has to succeed: what it printed. */
function tslxc(...words) {
  const { code, stdout, stderr } = run(...words);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, `${words.join(' ')}: ${stderr}`);
  return stdout;
}

function define(verb, name, xml) {
  const file = join(folder, `${name}.xml`);
  writeFileSync(file, xml);
  tslxc(verb, file);
}

/** A container whose init is a shell that waits. */
function domain(name, { elements = '', devices = '' }) {
  return `<domain type='lxc'>
    <name>${name}</name>
    <memory unit='MiB'>64</memory>
    <os><type>exe</type><init>/bin/sh</init></os>
    ${elements}
    <devices>${devices}<console type='pty'/></devices>
  </domain>`;
}

/** Runs a container while `work` goes on, and takes it away again. */
function withDomain(name, parts, work) {
  define('define', name, domain(name, parts));
  tslxc('start', name);
  try {
    work(name);
  } finally {
    run('destroy', name);
    tslxc('undefine', name);
  }
}

const execute = (name, ...argv) => run('exec', name, '--', ...argv);

/** What a shell in the container prints. */
function inside(name, script) {
  const { code, stdout, stderr } = execute(name, 'sh', '-c', script);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** A project with nothing but the package, which npm has installed there from its cache. */
function install(...options) {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  const words = ['install', '--offline', '--no-audit', '--no-fund', ...options];
  const argv = [npm, ...words, `--cache=${join(__dirname, 'cache')}`, '../tslxc.tgz'];
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, {
    cwd: project,
    encoding: 'utf8',
    timeout: longest,
  });
  assert.equal(status, 0, stderr);
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`npm ${words.join(' ')}: ${seconds} s, emulated\n`);
}

/** Nothing fails on this host, and the native code is that of the package. */
function expectNative() {
  const { status, checks } = JSON.parse(run('doctor', '--json').stdout);
  const failures = checks.filter((check) => check.status === 'fail');
  assert.deepEqual(failures, []);
  assert.notEqual(status, 'fail');
  const native = checks.find(({ id }) => id === 'package.native');
  assert.equal(native.found, 'the package’s addon and monitor for arm64');
}

/** A container on the host's own root lives, runs a command, and is gone. */
function expectHello() {
  withDomain('hello', {}, (name) => {
    assert.equal(tslxc('domstate', name).trim(), 'running');
    const script = 'busybox uname -m; read comm </proc/1/comm; echo $comm';
    assert.equal(inside(name, script), 'aarch64\nsh');
  });
  assert.doesNotMatch(tslxc('list', '--all'), /hello/);
}

mkdirSync(folder, { mode: 0o700 });
const ownRoot = `<filesystem type='mount'>
  <source dir='${join(folder, 'root')}'/><target dir='/'/>
</filesystem>`;
const mapped = `<idmap>
  <uid start='0' target='100000' count='65536'/><gid start='0' target='100000' count='65536'/>
</idmap>`;

test('npm installs the package without running a script, the doctor finds its native code, and hello world runs', () => {
  assert.equal(process.arch, 'arm64');
  install('--ignore-scripts');
  assert.equal(existsSync(join(installed, 'build')), false);
  expectNative();
  expectHello();
});

test('npm installs the package and runs its script, which compiles nothing but the command, and hello world runs', () => {
  install();
  assert.equal(existsSync(join(installed, 'build/Release')), false);
  assert.equal(existsSync(join(installed, 'build/bundle.compiled')), true);
  expectNative();
  expectHello();
});

test('a root of its own is made', () => {
  tslxc('mkroot', join(folder, 'root'));
  assert.ok(existsSync(join(folder, 'root/bin/busybox')));
});

test('root of a container with an id map is an ordinary user on the host', () => {
  withDomain('mapped', { elements: mapped, devices: ownRoot }, (name) => {
    assert.match(inside(name, 'cat /proc/self/uid_map'), /^0\s+100000\s+65536$/);
    assert.equal(inside(name, 'busybox id -u'), '0');
    assert.equal(inside(name, 'busybox touch /made && busybox stat -c %u:%g /made'), '0:0');
    // The filter of system calls is one of this processor's.
    assert.match(inside(name, 'cat /proc/1/status'), /^Seccomp:\t2$/m);
    const monitor = tslxc('domid', name).trim();
    const children = readFileSync(`/proc/${monitor}/task/${monitor}/children`, 'utf8').trim();
    const users = children.split(' ').map((pid) => readFileSync(`/proc/${pid}/status`, 'utf8'));
    assert.ok(users.some((text) => /^Uid:\t100000\t/m.test(text)));
  });
  // What was made inside belongs to the host's root on disk, below the folder that only that can search.
  assert.equal(statSync(join(folder, 'root/made')).uid, 0);
});

test('commands have their streams, exit codes and signals', () => {
  withDomain('commands', { devices: ownRoot }, (name) => {
    const both = execute(name, 'sh', '-c', 'echo out; echo err >&2; exit 3');
    assert.deepEqual(both, { code: 3, stdout: 'out\n', stderr: 'err\n' });
    assert.equal(execute(name, 'sh', '-c', 'kill -KILL $$').code, 137);
    assert.equal(execute(name, 'no-such-program').code, 127);
  });
});

test('a container on a virtual network gets its address by DHCP, and reaches the host', () => {
  define(
    'net-create',
    'lab',
    `<network><name>lab</name><forward mode='nat'/><bridge name='lab0'/>
      <ip address='${gateway}' netmask='255.255.255.0'>
        <dhcp><range start='192.168.77.10' end='192.168.77.20'/></dhcp>
      </ip></network>`,
  );
  const plugged = "<interface type='network'><source network='lab'/></interface>";
  try {
    withDomain('guest', { devices: ownRoot + plugged }, (name) => {
      assert.equal(execute(name, 'busybox', 'udhcpc', '-i', 'eth0', '-n', '-q').code, 0);
      assert.match(inside(name, 'busybox ip -4 -o addr show dev eth0'), /192\.168\.77\.1\d\//);
      assert.match(inside(name, `busybox ping -c 1 -W 20 ${gateway}`), /1 packets received/);
    });
  } finally {
    tslxc('net-destroy', 'lab');
  }
});

test('nothing is left over', () => {
  const { checks } = JSON.parse(run('doctor', '--json').stdout);
  const left = checks.filter(({ id, status }) => id.startsWith('leftover.') && status !== 'ok');
  assert.deepEqual(left, []);
});
