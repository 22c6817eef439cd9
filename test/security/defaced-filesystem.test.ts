/**
 * The host's file system, of which the container has a folder: root inside can neither rename nor otherwise change it as a
 * whole. And the host's mounts, by the number of a mount namespace. Recipe T40 of the threat catalogue.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildProbe } from '../../scripts/unsafe/probe';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeImage } from '../support/root/filesystem-image';
import { below, probeContainer, probeHost } from '../support/probe/probe';
import type { ProbeRun, Report } from '../support/probe/probe';
import { containerTest } from '../support/world/container-test';
import { hostHas } from '../support/world/host-side';

const world = containerTest(
  async (keep) => {
    await buildProbe();
    return { root: keep(await makeBusyboxRoot()) };
  },
  { per: 'file' },
);

const controls = [
  ['in compat', { hardening: 'compat' }],
  [
    'with the capability on',
    { elements: "<features><capabilities><sys_admin state='on'/></capabilities></features>" },
  ],
] as const;

async function probeWith(
  run: Omit<ProbeRun, 'filesystems' | 'init'>,
  folders: readonly { source: string; target: string }[] = [],
): Promise<Report> {
  const filesystems = [
    { source: world.root.path, target: '/' },
    { source: await buildProbe(), target: '/probe' },
    ...folders,
  ];
  return probeContainer({ ...run, filesystems, init: '/probe' });
}

describe('a file system of the host (T40)', () => {
  interface Defaced {
    readonly report: Report;
    /** What dumpe2fs says of the file system before and after. */
    readonly names: readonly [string, string];
  }

  const namesOf = (image: string): string =>
    execFileSync('dumpe2fs', ['-h', image], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .split('\n')
      .filter((line) => /^Filesystem (volume name|UUID):/.test(line))
      .join('\n');

  /** A container with a folder of an ext4 gives it another name. */
  async function deface(name: string, options: Partial<ProbeRun>): Promise<Defaced> {
    const scratch = mkdtempSync('/var/tmp/tslxc-deface-');
    const mounted = join(scratch, 'mounted');
    mkdirSync(mounted);
    const image = makeImage('ext4', scratch);
    const before = namesOf(image);
    execFileSync('mount', ['-o', 'loop', image, mounted]);
    let report: Report;
    try {
      mkdirSync(join(mounted, 'folder'));
      const commands = [['deface', '/data', 'PWNED']];
      const folder = { source: join(mounted, 'folder'), target: '/data' };
      report = below(await probeWith({ name, commands, ...options }, [folder]), 'deface.');
    } finally {
      execFileSync('umount', [mounted]);
    }
    const names = [before, namesOf(image)] as const;
    rmSync(scratch, { recursive: true });
    return { report, names };
  }

  test('keeps its label, its UUID, its journal and its freeze', async () => {
    const { report, names } = await deface('deface-hardened', {});
    expect(report).toEqual({
      label: 'EPERM',
      uuid: 'EPERM',
      checkpoint: 'EPERM',
      thaw: 'EPERM',
      trim: 'EPERM',
    });
    expect(names[1]).toBe(names[0]);
  });

  test.each(controls)('control: %s it gets others', async (_, options) => {
    const { report, names } = await deface('deface-control', options);
    // It is not frozen.
    expect(report).toMatchObject({ label: 'OK', uuid: 'OK', checkpoint: 'OK', thaw: 'EINVAL' });
    expect(names[1]).toContain('PWNED');
    expect(names[1]).toContain('deadbeef');
    expect(names[0]).not.toContain('deadbeef');
  });
});

describe('the mounts of the host (T40)', () => {
  async function list(name: string, options: Partial<ProbeRun>): Promise<Report> {
    // Where the kernel gives the namespaces no numbers, it has no call that takes one.
    const { 'mounts.number': host = '1' } = await probeHost([['mounts']]);
    return below(await probeWith({ name, commands: [['mounts', host]], ...options }), 'mounts.');
  }

  test('are not told by the number of their namespace, and the calls look absent', async () => {
    expect(await list('mounts-hardened', {})).toMatchObject({
      own: 'ENOSYS',
      other: 'ENOSYS',
      stat: 'ENOSYS',
    });
  });

  test.each(controls)(
    'control: %s they are, where the kernel has the calls',
    async (_, options) => {
      const { own } = below(await probeHost([['mounts']]), 'mounts.');
      const report = await list('mounts-control', options);
      const has = hostHas('statmount(2) and listmount(2)', () => own === 'OK');
      expect([own, report['own']]).toEqual(has ? ['OK', 'OK'] : ['ENOSYS', 'ENOSYS']);
      expect(report['other']).toBe(own);
      expect(report['stat']).not.toBe('EPERM');
    },
  );
});
