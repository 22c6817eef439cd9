/** Starts that fail since the host or the definition lacks something, or has it in a wrong state. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hostFacts } from '../../lib/host/facts';
import { statePaths } from '../../lib/host/state/state-paths';
import { cgroupName } from '../../lib/plan/cgroups/names';
import { name, privateXml } from './failure-case';
import type { Arrange, FailureCase, Scene } from './failure-case';

const ENOENT = 2;
const EEXIST = 17;
const EINVAL = 22;
const ENOSPC = 28;
const EROFS = 30;

function missingSource(scene: Scene): FailureCase {
  const source = join(scene.root, 'source');
  return {
    xml: privateXml(scene, '/bin/sh', [{ source, target: '/mnt' }]),
    failure: {
      code: 'SYSTEM_ERROR',
      message: `stat ${source}: ENOENT, no such file or directory ({step}; {place})`,
      errno: ENOENT,
      syscall: 'stat',
      path: source,
      step: 'look up the source of the filesystem /mnt',
      element: 'domain/devices/filesystem/source',
    },
    mend: () => mkdirSync(source),
  };
}

function directoryOverFile(scene: Scene): FailureCase {
  const source = join(scene.root, 'source');
  const target = join(scene.busybox, 'file');
  mkdirSync(source);
  writeFileSync(target, '');
  return {
    xml: privateXml(scene, '/bin/sh', [{ source, target: '/file' }]),
    failure: {
      code: 'SYSTEM_ERROR',
      message:
        `cannot mount ${source} on /file: one is a directory, the other is not: ` +
        'EINVAL ({step}; {place})',
      errno: EINVAL,
      syscall: 'move_mount',
      path: '/file',
      step: /^init step \d+ of \d+: mount 'filesystem:\/file' at \/file in 'root', made if missing$/,
      element: 'domain/devices/filesystem',
    },
    mend: () => {
      rmSync(target);
      mkdirSync(target);
    },
  };
}

/** Takes the ptys that a container may have; the kernel keeps some back for the host's own devpts. */
async function noPtys(): Promise<FailureCase> {
  const taker = spawn('python3', ['-c', takePtys], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => taker.on('close', resolve));
  await new Promise((resolve) => createInterface({ input: taker.stdout }).once('line', resolve));
  return {
    xml: {},
    failure: {
      code: 'SYSTEM_ERROR',
      message:
        'no pseudo-terminal is free, see kernel.pty.max and kernel.pty.reserve: ENOSPC ({step})',
      errno: ENOSPC,
      syscall: 'openat',
      path: 'ptmx',
      step: /^init step \d+ of \d+: open console 0 in 'devpts' for uid 0$/,
    },
    mend: async () => {
      taker.stdin.end();
      await ended;
    },
  };
}

/** Some more than needed, so that it doesn't matter when another program gives a few back. */
const takePtys = `
import os, resource, sys
read = lambda name: int(open('/proc/sys/kernel/pty/' + name).read())
limit = read('max') - read('reserve') + 64
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (limit + 64, max(limit + 64, hard)))
held = []
while read('nr') < limit:
    try:
        held.append(os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY))
    except OSError:
        break
print(len(held), flush=True)
sys.stdin.read()
`;

function noMemoryController(): FailureCase {
  const { hierarchies, unified } = hostFacts().cgroups;
  const v1 = hierarchies.find(({ controllers }) => controllers.includes('memory'));
  return {
    xml: {},
    within: `umount ${v1?.mount ?? unified?.mount ?? ''}`,
    failure: {
      code: 'INTERNAL_ERROR',
      message: "internal error: Unable to find 'memory' cgroups controller mount",
      step: 'find cgroup controllers',
    },
    mend: () => undefined,
  };
}

export interface OccupiedCgroup {
  readonly path: string;
  /** Throws when the other program or its cgroup isn't there any more. */
  readonly leave: () => Promise<void>;
}

/** Another program makes the domain's cgroup in one of the hierarchies, and lives in it. */
export async function occupyCgroup(which: 'first' | 'last'): Promise<OccupiedCgroup> {
  const { hierarchies, unified } = hostFacts().cgroups;
  const mounts = [...hierarchies, ...(unified ? [unified] : [])].map(({ mount }) => mount);
  const mount = mounts.at(which === 'first' ? 0 : -1) ?? '';
  const path = `${mount}/libvirt/lxc/${cgroupName(name)}`;
  mkdirSync(path);
  const program = spawn('sleep', ['1000'], { stdio: 'ignore' });
  await once(program, 'spawn');
  writeFileSync(`${path}/cgroup.procs`, String(program.pid ?? 0));
  const leave = async (): Promise<void> => {
    const ended = once(program, 'exit');
    if (!program.kill()) throw new Error('the other program has been killed');
    await ended;
    rmdirSync(path);
  };
  return { path, leave };
}

function takenCgroup(which: 'first' | 'last'): Arrange {
  return async () => {
    const { path, leave } = await occupyCgroup(which);
    return {
      xml: {},
      failure: {
        code: 'RESOURCE_BUSY',
        message: `resource busy: the cgroup ${path} is taken by another program`,
        errno: EEXIST,
        syscall: 'mkdir',
        path,
        step: 'make the cgroups',
      },
      mend: leave,
    };
  };
}

function readOnlyRunFolder({ root }: Scene): FailureCase {
  const run = join(root, 'run/tslxc');
  return {
    xml: {},
    within: `mount --bind ${run} ${run}; mount -o remount,bind,ro ${run}`,
    failure: {
      code: 'SYSTEM_ERROR',
      message:
        `mkdir ${run}/lxc: EROFS, read-only file system ({step}): it is read-only for this process; ` +
        'in a systemd unit it needs ReadWritePaths=, or a ProtectSystem= other than strict',
      errno: EROFS,
      syscall: 'mkdir',
      path: `${run}/lxc`,
      step: 'write a record',
    },
    mend: () => undefined,
  };
}

function missingInitDirectory(scene: Scene): FailureCase {
  return {
    xml: { ...privateXml(scene, '/bin/sh'), osElements: '<initdir>/srv</initdir>' },
    failure: {
      code: 'SYSTEM_ERROR',
      message: 'chdir /srv: ENOENT, no such file or directory ({step})',
      errno: ENOENT,
      syscall: 'chdir',
      path: '/srv',
      step: /^init step \d+ of \d+: change to the directory \/srv$/,
    },
    mend: () => mkdirSync(join(scene.busybox, 'srv')),
  };
}

function unknownUser(scene: Scene): FailureCase {
  return {
    xml: { ...privateXml(scene, '/bin/sh'), osElements: '<inituser>alice</inituser>' },
    failure: {
      code: 'INTERNAL_ERROR',
      message: "internal error: User alice doesn't exist in the container's /etc/passwd",
      path: join(statePaths(scene.root).definitions, `${name}.xml`),
      step: 'resolve the user of init',
      element: 'domain/os/inituser',
    },
    mend: () => writeFileSync(join(scene.busybox, 'etc/passwd'), 'alice:x:0:0::/:/bin/sh\n'),
  };
}

/** Title → case; the title completes "a start fails when …". */
export const hostFailures: Readonly<Record<string, Arrange>> = {
  'the source of a mount is missing': missingSource,
  'the target of a mount is a file, but its source is none': directoryOverFile,
  'the ptys are used up': noPtys,
  'the memory controller is not mounted': noMemoryController,
  'another program has its first cgroup': takenCgroup('first'),
  'another program has its last cgroup': takenCgroup('last'),
  'the run folder is read-only': readOnlyRunFolder,
  'initdir is missing': missingInitDirectory,
  'inituser is unknown': unknownUser,
};
