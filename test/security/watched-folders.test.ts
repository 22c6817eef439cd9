/**
 * A folder of the container's root that a process of the host opens, watched by root inside without a user namespace.
 * Recipe T32 of the threat catalogue: an event of fanotify(7) carries a descriptor of what was opened, on the mount of
 * the process that opened it, from where `..` leads out of the container; and a process that asks to be asked first
 * holds the other up.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { buildProbe } from '../../scripts/unsafe/probe';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { askConsole } from '../support/console/console-answer';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { joined, parseReport, probeContainer } from '../support/probe/probe';
import type { ProbeRun, Report } from '../support/probe/probe';
import { makeTestRoot } from '../support/root/test-root';

const secret = 'the host’s secret';
const inside = '/tmp/watched';

const world = containerTest(
  async (keep) => {
    await buildProbe();
    const scratch = mkdtempSync('/var/tmp/tslxc-watched-');
    keep(() => rmSync(scratch, { recursive: true }));
    const root = keep(await makeBusyboxRoot());
    chmodSync(scratch, 0o700);
    writeFileSync(join(scratch, 'canary'), secret);
    const folder = join(root.path, inside);
    mkdirSync(folder, { recursive: true });
    return { scratch, root, folder };
  },
  { per: 'file' },
);

type Options = Pick<ProbeRun, 'hardening' | 'elements'>;

const granted = '<features><capabilities><sys_admin/></capabilities></features>';
const open: readonly (readonly [string, Options])[] = [
  ['in compat', { hardening: 'compat' }],
  ['with the capability on', { elements: granted }],
];

/** In the root that the host looks into. */
async function privateRun(name: string, command: readonly string[]) {
  const probe = await buildProbe();
  const filesystems = [
    { source: world.root.path, target: '/' },
    { source: probe, target: '/probe' },
  ];
  return { name, filesystems, init: '/probe', commands: [command] };
}

describe('what a process of the host has opened', () => {
  /** While the host lists the folder. */
  async function lured(name: string, options: Options): Promise<Report> {
    const lister = setInterval(() => readdirSync(world.folder), 20);
    try {
      const command = ['lure', inside, join(world.scratch, 'canary'), secret];
      return await probeContainer({ ...(await privateRun(name, command)), ...options });
    } finally {
      clearInterval(lister);
    }
  }

  test('is not handed to the container; what it is called is', async () => {
    expect(await lured('lure-hardened', {})).toMatchObject({
      'lure.descriptors.group': 'EPERM',
      'lure.names.group': 'OK',
      'lure.names.mark': 'OK',
      'lure.names.event': 'name',
      'lure.names.escaped': 'no',
    });
  });

  test.each(open)('control: %s it leads out of the container', async (_, options) => {
    expect(await lured('lure-control', options)).toMatchObject({
      'lure.descriptors.mark': 'OK',
      'lure.descriptors.event': 'descriptor',
      'lure.descriptors.escaped': 'yes',
      'lure.names.escaped': 'no',
    });
  });
});

describe('a process of the host that opens a folder', () => {
  interface Held {
    readonly report: Report;
    /** How listing the folder ended while the container ran, if it did within three seconds; and when it had ended. */
    readonly during: number | 'held';
    readonly after: number;
  }

  async function held(name: string, { hardening, elements }: Options): Promise<Held> {
    const { commands, ...run } = await privateRun(name, ['hold', inside]);
    await using state = await makeTestRoot();
    await using connection = await connect(undefined, {
      root: state.path,
      ...(hardening === undefined ? {} : { hardening }),
    });
    const domain = await connection.createDomain(
      domainXml({
        ...run,
        initArguments: joined(commands),
        ...(elements === undefined ? {} : { elements }),
      }),
    );
    let ended: Promise<number> | undefined;
    try {
      const report = parseReport(await askConsole(domain, '', /^end\t/m));
      const lister = spawn('ls', [world.folder], { stdio: 'ignore' });
      ended = once(lister, 'exit').then(([code]) => code as number);
      const late = new Promise<'held'>((resolve) => setTimeout(resolve, 3000, 'held'));
      const during = await Promise.race([ended, late]);
      await domain.destroy();
      return { report, during, after: await ended };
    } finally {
      await domain.destroy().catch(() => undefined);
      await ended;
    }
  }

  test('is not held up', async () => {
    expect(await held('hold-hardened', {})).toEqual({
      report: { 'hold.group': 'EPERM', 'hold.mark': 'EBADF', end: '' },
      during: 0,
      after: 0,
    });
  });

  test.each(open)('control: %s it is, until the container ends', async (_, options) => {
    expect(await held('hold-control', options)).toEqual({
      report: { 'hold.group': 'OK', 'hold.mark': 'OK', end: '' },
      during: 'held',
      after: 0,
    });
  });
});
