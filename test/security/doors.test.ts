/**
 * The doors that root in a container without a user namespace could take: file handles, knobs of the kernel, terminals.
 * Recipes T2, T4 and T11 of the threat catalogue, each with its control: with the defence off, the door opens.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProbe } from '../../scripts/unsafe/probe';
import { wholeFilesystem } from '../../lib/plan/security/filesystem-ioctls';
import { consoleTheft } from '../../lib/plan/security/seccomp-policy';
import { containerTest } from '../support/world/container-test';
import { hostHas } from '../support/world/host-side';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { below, probeContainer, probeHost } from '../support/probe/probe';
import type { ProbeRun, Report } from '../support/probe/probe';
import { packageRoot } from '../support/process/run-command';
import { covers, doors, freshMounts, readOnlyMounts } from './door-table';

const world = containerTest(
  async (keep) => {
    await buildProbe();
    const scratch = mkdtempSync('/var/tmp/tslxc-doors-');
    keep(() => rmSync(scratch, { recursive: true }));
    const root = keep(await makeBusyboxRoot());
    chmodSync(scratch, 0o700);
    return { scratch, root };
  },
  { per: 'file' },
);

const grants = (name: string): string =>
  `<features><capabilities><${name}/></capabilities></features>`;
const without = (name: string): string =>
  `<features><capabilities><${name} state='off'/></capabilities></features>`;

/** In a root of its own, where the probe lies at /probe. */
async function probePrivate(run: Omit<ProbeRun, 'filesystems' | 'init'>): Promise<Report> {
  const probe = await buildProbe();
  const filesystems = [
    { source: world.root.path, target: '/' },
    { source: probe, target: '/probe' },
  ];
  return probeContainer({ ...run, filesystems, init: '/probe' });
}

/** Values of `report` that are those of an opened door. */
function opened(report: Report): string[] {
  return Object.entries(report)
    .filter(([, value]) => value === 'OK')
    .map(([key]) => key)
    .sort();
}

describe('a file handle (T2)', () => {
  const around = 10_000;

  async function reach(name: string, options: Partial<ProbeRun>): Promise<Report> {
    const canary = join(world.scratch, 'canary');
    writeFileSync(canary, 'secret');
    const { 'handle.inode': inode = '', 'handle.generation': generation = '' } = await probeHost([
      ['handle', canary],
    ]);
    const commands = [['reach', inode, generation, String(around)]];
    return below(await probePrivate({ name, commands, ...options }), 'reach.');
  }

  test('reaches nothing outside the container’s root', async () => {
    expect(await reach('handle-hardened', {})).toEqual({
      root: 'EPERM',
      file: 'EPERM',
      'around.EPERM': String(around),
    });
  });

  test.each([
    ['in compat', { hardening: 'compat' }],
    ['with the capability on', { elements: grants('dac_read_search') }],
  ] as const)('control: %s it reaches the host’s root and the canary', async (_, options) => {
    const report = await reach('handle-control', options);
    expect(report).toMatchObject({ root: 'OK', file: 'OK' });
    expect(Number(report['around.OK'])).toBeGreaterThan(0);
  });
});

describe('the file system that the root lies on', () => {
  const secret = 'the host’s secret';
  const whole = { ...wholeFilesystem, ...consoleTheft };
  /** procfs can't be frozen, and is not frozen. */
  const ofProc: Report = { FIFREEZE: 'EOPNOTSUPP', FITHAW: 'EINVAL' };
  const wholeIs = (answer: (name: string) => string): Report =>
    Object.fromEntries(Object.keys(whole).map((name) => [`whole.${name}`, answer(name)]));

  /** While the host reads a file beside the container's root. */
  async function watched(name: string, options: Partial<ProbeRun>): Promise<Report> {
    const canary = join(world.scratch, 'read');
    writeFileSync(canary, secret);
    const reader = setInterval(() => readFileSync(canary), 20);
    try {
      const ioctls = Object.entries(whole).flatMap(([key, number]) => [key, String(number)]);
      const commands = [
        ['watch', secret],
        ['whole', '/proc', ...ioctls],
      ];
      return await probePrivate({ name, commands, ...options });
    } finally {
      clearInterval(reader);
    }
  }

  test('is out of reach as a whole', async () => {
    expect(await watched('whole-hardened', {})).toMatchObject({
      'watch.group': 'EPERM',
      'watch.mount': 'OK',
      'watch.filesystem': 'EPERM',
      'watch.found': 'no',
      ...wholeIs(() => 'EPERM'),
    });
  });

  test.each([
    ['in compat', { hardening: 'compat' }],
    ['with the capability on', { elements: grants('sys_admin') }],
  ] as const)('control: %s it hands out the host’s files', async (_, options) => {
    expect(await watched('whole-control', options)).toMatchObject({
      'watch.group': 'OK',
      'watch.filesystem': 'OK',
      'watch.found': 'yes',
      ...wholeIs((name) => ofProc[name] ?? 'ENOTTY'),
    });
  });
});

describe('the knobs of the kernel (T4)', () => {
  const scratchInside = '/tmp/doors';

  const everyAttempt: readonly (readonly string[])[] = [
    ['doors', 'first', ...doors],
    ['remount', ...readOnlyMounts],
    ['doors', 'remounted', ...doors],
    ['unmount', ...covers],
    ['doors', 'unmounted', ...doors],
    ...freshMounts.flatMap(([type, file]) => [
      ['fresh', type, `${scratchInside}-${type}`],
      ['doors', `fresh-${type}`, `${scratchInside}-${type}/${file}`],
    ]),
    ['bind', '/proc', `${scratchInside}-bind`],
    ['doors', 'bound', `${scratchInside}-bind/sys/kernel/core_pattern`],
    ['unshare'],
    ['remount', '/proc', '/sys'],
    ['doors', 'unshared', ...doors],
  ];

  async function tryDoors(name: string, options: Partial<ProbeRun>): Promise<Report> {
    mkdirSync(join(world.root.path, 'tmp'), { recursive: true });
    return probePrivate({ name, commands: everyAttempt, ...options });
  }

  test('there are sixty', () => {
    expect(new Set(doors).size).toBeGreaterThanOrEqual(60);
  });

  test('all are shut as the container starts', async () => {
    const report = below(await tryDoors('doors-hardened', {}), 'door.first.');
    expect(Object.keys(report)).toHaveLength(doors.length);
    expect(opened(report)).toEqual([]);
    // A file that every kernel has is there, and refuses.
    expect(report['/proc/sys/kernel/core_pattern']).toBe('EROFS');
  });

  test('without CAP_SYS_ADMIN all stay shut, whatever is tried', async () => {
    const report = await tryDoors('doors-no-admin', { elements: without('sys_admin') });
    expect(opened(below(report, 'door.'))).toEqual([]);
    expect(opened(below(report, 'remount.'))).toEqual([]);
    expect(opened(below(report, 'fresh.'))).toEqual([]);
  });

  test('control: root with CAP_SYS_ADMIN and no id map opens what SECURITY.md says, and nothing else', async () => {
    const report = await tryDoors('doors-admin', {});
    const later = opened(below(report, 'door.')).filter((key) => !key.startsWith('first.'));
    expect(later).toContain('remounted./proc/sys/kernel/core_pattern');
    expect(later).toContain('remounted./sys/kernel/mm/ksm/run');
    expect(later).toContain('fresh-proc./tmp/doors-proc/sys/kernel/core_pattern');
    const text = readFileSync(join(packageRoot, 'SECURITY.md'), 'utf8');
    const [, list = ''] = /^<!-- expected open -->\n([^]*?)^<!-- end -->/m.exec(text) ?? [];
    const allowed = [...list.matchAll(/`(\/[^`]*)`/g)].map(([, path = '']) => path);
    const paths = new Set(later.map(pathOf));
    expect([...paths].filter((path) => !allowed.some((prefix) => path.startsWith(prefix)))).toEqual(
      [],
    );
    // Without CAP_SYSLOG it can't be read, whatever covers it, but with a kernel that takes CAP_SYS_ADMIN for that.
    const log = await probeHost([['doors', 'host', '/proc/kmsg']], withoutSyslog);
    expect(report['door.unmounted./proc/kmsg']).toBe(log['door.host./proc/kmsg']);
    const what = 'a log that CAP_SYS_ADMIN opens';
    const opens = hostHas(what, () => log['door.host./proc/kmsg'] === 'OK');
    expect(paths.has('/proc/kmsg')).toBe(opens);
  });

  const withoutSyslog = ['setpriv', '--inh-caps=-syslog', '--bounding-set=-syslog', '--'];

  /** The file that was opened, by the name that it has on the host. */
  function pathOf(door: string): string {
    const path = door.slice(door.indexOf('/'));
    return path
      .replace(`${scratchInside}-bind`, '/proc')
      .replace(`${scratchInside}-proc`, '/proc')
      .replace(`${scratchInside}-sysfs`, '/sys')
      .replace(`${scratchInside}-`, '/');
  }

  test('control: in compat some are open from the start', async () => {
    const report = await tryDoors('doors-compat', { hardening: 'compat' });
    expect(opened(below(report, 'door.first.'))).toEqual(
      expect.arrayContaining(['/proc/irq/default_smp_affinity', '/proc/kmsg', '/proc/timer_list']),
    );
  });
});

describe('the terminal (T11)', () => {
  const injections = ['TIOCSTI', 'TIOCSTI+2^32', 'TIOCLINUX', 'TIOCLINUX+2^32'];
  const attempts = ['stdin', 'tty'].flatMap((fd) => injections.map((name) => `${fd}.${name}`));

  test('takes no typed input from the container, however the number is written', async () => {
    const run = { name: 'terminal-hardened', commands: [['terminal']] };
    const report = below(await probeContainer(run), 'terminal.');
    expect(attempts.map((name) => [name, report[name]])).toEqual(
      attempts.map((name) => [name, 'EPERM']),
    );
    expect(report).toMatchObject({ open: 'OK', 'stdin.TIOCGWINSZ': 'OK', 'tty.TIOCGWINSZ': 'OK' });
  });

  test('control: in compat it does', async () => {
    const run = { name: 'terminal-compat', hardening: 'compat', commands: [['terminal']] } as const;
    const report = below(await probeContainer(run), 'terminal.');
    expect(report).toMatchObject({ 'stdin.TIOCSTI': 'OK', 'tty.TIOCSTI+2^32': 'OK' });
    // TIOCLINUX is of virtual consoles alone: a pty does not know it.
    expect(report).toMatchObject({ 'stdin.TIOCLINUX': 'ENOTTY' });
  });

  test('a storm of modes and sizes leaves the monitor and the console as they were', async () => {
    const report = await probeContainer({
      name: 'terminal-storm',
      commands: [['storm'], ['terminal']],
    });
    expect(report).toMatchObject({
      'storm.hangup': 'OK',
      'storm.reopen': 'OK',
      'terminal.stdin.TIOCSTI': 'EPERM',
    });
  });
});
