// One test machine: QEMU, disks that are thrown away, and virtio ports that carry the
// tests' output, report and exit code out.
'use strict';
const { spawn } = require('node:child_process');
const { closeSync, existsSync, openSync, readFileSync, readSync } = require('node:fs');
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { StringDecoder } = require('node:string_decoder');
const { processors: kinds } = require('./processors');

/** Exit codes as timeout(1) has them: the limit is over; there is no result. */
const exitCodes = { timeLimit: 124, noResult: 125 };
/** Seconds that the machine gets besides the tests' own, to boot and to end. */
const spare = 120;
const shownConsole = 3000;
const ports = ['state', 'output', 'report', 'code'];
// no_timer_check: on a busy host the emulated timer may be too late for the kernel, which then panics.
const baseCommandLine = 'quiet panic=-1 no_timer_check mitigations=off random.trust_cpu=on';

function drive(id, file, extra = '') {
  const backend = `file=${file},format=raw,if=none,id=${id},cache=unsafe${extra}`;
  return ['-drive', backend, '-device', `virtio-blk-pci,drive=${id}`];
}

/** Processors, memory, and what there is of both; nothing of QEMU's own choice. */
function boardArguments({ kind, accelerator, processors }) {
  const { machine, model } = kinds[kind];
  return [
    ...['-machine', machine, '-accel', accelerator, '-cpu', model(accelerator)],
    ...['-smp', `${processors}`, '-m', '2048'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
  ];
}

/** The disks: the caller's own, which a second boot finds as the first has left them, and the image's. */
function diskArguments({ image, rootDisk, projectDisk }) {
  const containers = join(image, 'containers.img');
  return [
    ...drive('root', rootDisk),
    ...drive('project', projectDisk),
    ...(existsSync(containers) ? drive('containers', containers, ',snapshot=on') : []),
  ];
}

function machineArguments(options) {
  const { image, kind, kernel, commandLine, limit, folder, boot } = options;
  const limits = [`vmtest.limit=${limit}`, `vmtest.boot=${boot}`];
  const append = [`console=${kinds[kind].console}`, baseCommandLine, ...limits, ...commandLine];
  return [
    ...boardArguments(options),
    ...['-kernel', join(image, `vmlinuz-${kernel}`)],
    ...['-initrd', join(image, `initramfs-${kernel}`)],
    ...['-append', append.join(' ')],
    ...['-serial', `file:${join(folder, 'console')}`],
    ...diskArguments(options),
    ...['-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci'],
    // A network interface that leads nowhere: what a container gets of a machine's own hardware.
    ...['-netdev', 'user,id=nowhere,restrict=on', '-device', 'virtio-net-pci,netdev=nowhere'],
    ...ports.flatMap((name) => [
      ...['-chardev', `file,id=${name},path=${join(folder, name)}`],
      ...['-device', `virtserialport,chardev=${name},name=vmtest.${name}`],
    ]),
  ];
}

/** Passes each line that is appended to a file to `take`; the returned function passes on the rest, and stops. */
function follow(file, take) {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.alloc(64 * 1024);
  const decoder = new StringDecoder('utf8');
  let unfinished = '';
  const read = () => {
    for (let count; (count = readSync(descriptor, buffer)) > 0;) {
      unfinished += decoder.write(buffer.subarray(0, count));
    }
    const lines = unfinished.split('\n');
    unfinished = lines.pop();
    if (lines.length > 0) take(lines);
  };
  const timer = setInterval(read, 200);
  return () => {
    clearInterval(timer);
    read();
    if (unfinished !== '') take([unfinished]);
    closeSync(descriptor);
  };
}

/**
 * Runs the machine to its end; `kind` is that of its processor, x64 unless told; `listener` is told when the tests begin, and
 * the lines of their output while they come. Resolves with the exit code of their command (or one of `exitCodes`), whether QEMU
 * itself found a fault in itself, the text of the tests' report, and the console's last lines.
 */
async function runMachine({ kind = 'x64', ...options }, listener) {
  const { folder, limit } = options;
  for (const name of ['state', 'output']) writeFileSync(join(folder, name), '');
  const qemu = [kinds[kind].program, ...machineArguments({ kind, ...options })];
  const words = ['--pdeathsig', 'KILL', ...qemu];
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn('setpriv', words, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const stops = [
    follow(join(folder, 'state'), () => listener.ready()),
    follow(join(folder, 'output'), (lines) => listener.wrote(lines)),
  ];
  let isLate = false;
  const timer = setTimeout(
    () => {
      isLate = true;
      child.kill('SIGKILL');
    },
    (limit + spare) * 1000,
  );
  const signal = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, name) => resolve(name));
  }).finally(() => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  });
  const read = (name) => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const written = read('code').trim();
  const otherwise = isLate ? exitCodes.timeLimit : exitCodes.noResult;
  return {
    ended: Date.now(),
    code: written === '' ? otherwise : Number(written),
    emulator: signal === 'SIGABRT' ? 'aborted' : 'ended',
    report: read('report'),
    console: read('console').slice(-shownConsole),
  };
}

module.exports = { exitCodes, runMachine };
