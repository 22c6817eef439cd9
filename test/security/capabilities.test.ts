/**
 * The capability sets of real containers against the model, for every policy and capability; and that no file and no
 * exec gives more. Recipe T14 of the threat catalogue.
 */
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { buildProbe } from '../../scripts/unsafe/probe';
import { capabilityNumbers } from '../../lib/domain/elements/capability-numbers';
import type { CapabilityName } from '../../lib/domain/elements/capability-numbers';
import { keptCapabilities } from '../../lib/plan/security/capabilities';
import { domainXml } from '../support/domain/domain-xml';
import { eventually, slowness } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { idMapXml } from '../support/domain/mapped-domain';
import { probeContainer, probeHost } from '../support/probe/probe';
import type { Report } from '../support/probe/probe';
import { libraryWords } from '../support/process/library-child';
import { hasEnded } from '../support/process/processes';
import { runProgram } from '../support/process/run-command';
import { someOf } from '../support/time/repeats';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';
import { parse } from '../unit/domain/parse-context';

const world = containerTest(
  async (keep) => {
    await buildProbe();
    const scratch = mkdtempSync('/var/tmp/tslxc-capabilities-');
    keep(() => rmSync(scratch, { recursive: true }));
    chmodSync(scratch, 0o755);
    const bounding = setsOf(readFileSync('/proc/self/status', 'latin1')).bounding;
    return { scratch, bounding };
  },
  { per: 'file' },
);

interface Sets {
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly bounding: bigint;
  readonly inheritable: bigint;
  readonly ambient: bigint;
}

function setsOf(status: string): Sets {
  const set = (field: string): bigint =>
    BigInt(`0x${new RegExp(`^${field}:\\s*([0-9a-f]{16})$`, 'm').exec(status)?.[1] ?? '?'}`);
  return {
    permitted: set('CapPrm'),
    effective: set('CapEff'),
    bounding: set('CapBnd'),
    inheritable: set('CapInh'),
    ambient: set('CapAmb'),
  };
}

/** Root's sets in a container with this mask: what it has of the caller's, or of all in a user namespace of its own. */
function rootSets(mask: bigint, available = world.bounding): Sets {
  const kept = mask & available;
  return { permitted: kept, effective: kept, bounding: kept, inheritable: 0n, ambient: 0n };
}

function xmlOf(elements: string): string {
  const init = { init: '/bin/sleep', initArguments: ['1000'] };
  return domainXml({ name: 'capability-sets', elements, ...init });
}

/** What the kernel says of a running container's init. */
async function measure(connection: Connection, xml: string): Promise<Sets> {
  const domain = await connection.createDomain(xml);
  const monitor = domain.id ?? 0;
  try {
    const [init = ''] = readFileSync(`/proc/${monitor}/task/${monitor}/children`, 'utf8').split(
      ' ',
    );
    return setsOf(readFileSync(`/proc/${init}/status`, 'latin1'));
  } finally {
    await domain.destroy();
    await eventually(() => expect(hasEnded(monitor)).toBe(true));
  }
}

const levels = ['hardened', 'compat'] as const;
const policies = ['default', 'allow', 'deny'] as const;
const names = Object.keys(capabilityNumbers) as CapabilityName[];
/** Each on and off: a fourth of them in each test, others for each policy. */
const switches = ['on', 'off'].flatMap((state) =>
  names.map((name) => `<${name} state='${state}'/>`),
);

describe.each(levels)('%s', (hardening) => {
  let root: TestRoot;
  let connection: Connection;

  beforeAll(async () => {
    root = await makeTestRoot();
    connection = await connect(undefined, { root: root.path, hardening });
  });

  afterAll(async () => {
    await connection.close();
    await root.remove();
  });

  // Written out, so that the model is not only compared with itself.
  const masks = {
    hardened: { default: 0xb5eccffbn, allow: 0x1ffffffffffn, deny: 0n },
    compat: { default: 0x1fdb5feffffn, allow: 0x1ffffffffffn, deny: 0n },
  }[hardening];

  test.each(policies)('policy %s gives its mask', async (policy) => {
    const elements = `<features><capabilities policy='${policy}'/></features>`;
    expect(await measure(connection, xmlOf(elements))).toEqual(rootSets(masks[policy]));
  });

  test('an own network gives its two back', async () => {
    const sets = await measure(connection, xmlOf('<features><privnet/></features>'));
    expect(sets).toEqual(rootSets(masks.default | (3n << 12n)));
  });

  test.each(policies)(
    'policy %s with each capability on and off is the model',
    async (policy) => {
      for (const child of someOf(switches, policies.indexOf(policy), 8)) {
        const xml = xmlOf(
          `<features><capabilities policy='${policy}'>${child}</capabilities></features>`,
        );
        const mask = keptCapabilities(parse(xml), hardening);
        expect({ child, ...(await measure(connection, xml)) }).toEqual({
          child,
          ...rootSets(mask),
        });
      }
    },
    120_000 * slowness,
  );
});

describe('with an id map', () => {
  /** In a new user namespace a process has all that the kernel has, whatever its parent had. */
  const available = (1n << BigInt(names.length)) - 1n;

  test.each(policies)(
    'policy %s with each capability on and off is the model, whatever the caller has',
    async (policy) => {
      await using root = await makeTestRoot();
      await using connection = await connect(undefined, { root: root.path });
      for (const child of someOf(switches, policies.indexOf(policy), 8)) {
        const features = `<features><capabilities policy='${policy}'>${child}</capabilities></features>`;
        const xml = xmlOf(idMapXml() + features);
        const mask = keptCapabilities(parse(xml), 'hardened');
        expect({ child, ...(await measure(connection, xml)) }).toEqual({
          child,
          ...rootSets(mask, available),
        });
      }
    },
    120_000 * slowness,
  );
});

test('a domain’s own level has precedence over the connection’s', async () => {
  const report = await probeContainer({
    name: 'capability-level',
    hardening: 'hardened',
    elements:
      "<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:hardening level='compat'/></t:container></metadata>",
    commands: [['status']],
  });
  expect(setsOf(statusOf(report))).toEqual(rootSets(0x1fdb5feffffn));
  expect(report).toMatchObject({ 'status.Seccomp': '0', 'status.NoNewPrivs': '0' });
});

function statusOf(report: Report): string {
  return Object.entries(report)
    .filter(([key]) => key.startsWith('status.'))
    .map(([key, value]) => `${key.slice('status.'.length)}:\t${value}`)
    .join('\n');
}

/** A copy of the probe that every user reaches: the package may lie below a closed home. */
async function reachableCopy(name: string): Promise<string> {
  const copy = join(world.scratch, name);
  copyFileSync(await buildProbe(), copy);
  chmodSync(copy, 0o755);
  return copy;
}

/** A copy of the probe with these capabilities of its own, or set-uid root. */
async function privilegedCopy(name: string, kind: 'set-uid' | readonly [string, string]) {
  const copy = await reachableCopy(name);
  if (kind === 'set-uid') {
    chmodSync(copy, 0o4755);
    return copy;
  }
  expect(await probeHost([['grant', copy, ...kind]])).toMatchObject({ grant: 'OK' });
  return copy;
}

const user = '<inituser>nobody</inituser><initgroup>nogroup</initgroup>';
const everything = '1ffffffffff';

describe('init as another user', () => {
  async function asNobody(name: string, options: { init?: string; elements?: string }) {
    const report = await probeContainer({
      name,
      osElements: user,
      commands: [['status']],
      init: await reachableCopy('as-nobody'),
      ...options,
    });
    return { report, sets: setsOf(statusOf(report)) };
  }

  test('has no capability, the bounding set of the model, and its groups only', async () => {
    const { report, sets } = await asNobody('capability-user', {});
    const none = { permitted: 0n, effective: 0n, inheritable: 0n, ambient: 0n };
    expect(sets).toEqual({ ...none, bounding: 0xb5eccffbn & world.bounding });
    expect(report).toMatchObject({
      'status.Uid': '65534 65534 65534 65534',
      'status.Gid': '65534 65534 65534 65534',
      'status.Groups': expect.stringMatching(/^(65534)?$/) as string,
    });
  });

  test('starts with the policy deny, which takes away what the change of ids needs', async () => {
    const elements = "<features><capabilities policy='deny'/></features>";
    const { report, sets } = await asNobody('capability-deny', { elements });
    expect(Object.values(sets)).toEqual([0n, 0n, 0n, 0n, 0n]);
    expect(report).toMatchObject({ 'status.NoNewPrivs': '1' });
  });

  test('gets from a file’s permitted set what the bounding set has, and nothing else', async () => {
    // Without the effective flag, exec goes on with what is left.
    const init = await privilegedCopy('permitted', [everything, '0']);
    const { sets } = await asNobody('capability-permitted', { init });
    expect(sets).toMatchObject({ permitted: 0xb5eccffbn & world.bounding, effective: 0n });
  });

  test('gets nothing from a file’s inheritable set; where the process has one, it would', async () => {
    const init = await privilegedCopy('inheritable', ['0', everything]);
    const { sets } = await asNobody('capability-inheritable', { init });
    expect(sets).toMatchObject({ permitted: 0n, effective: 0n, inheritable: 0n, ambient: 0n });
    const by = ['setpriv', '--inh-caps=+chown,+kill', '--reuid=65534', '--clear-groups', '--'];
    const control = setsOf(statusOf(await probeHost([['status']], by, init)));
    expect(control.permitted).toBe((1n << 0n) | (1n << 5n));
  });

  test('gets from a set-uid program what root in the container has, and with no_new_privs nothing', async () => {
    const init = await privilegedCopy('set-uid', 'set-uid');
    const free = await asNobody('capability-set-uid', { init });
    expect(free.sets).toEqual(rootSets(0xb5eccffbn));
    expect(free.report['status.Uid']).toBe('65534 0 0 0');
    const elements =
      "<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:no-new-privileges/></t:container></metadata>";
    const bound = await asNobody('capability-no-new', { init, elements });
    expect(bound.sets).toMatchObject({ permitted: 0n, effective: 0n });
    expect(bound.report).toMatchObject({
      'status.Uid': '65534 65534 65534 65534',
      'status.NoNewPrivs': '1',
    });
  });
});

test('neither init nor a command has the groups and ambient capabilities of its caller', async () => {
  await using root = await makeTestRoot();
  const code = `
    const { readFileSync } = require('node:fs');
    const connection = await connect();
    const domain = await connection.createDomain(${JSON.stringify(xmlOf(''))});
    const init = readFileSync('/proc/' + domain.id + '/task/' + domain.id + '/children', 'utf8').split(' ')[0];
    const command = await domain.exec(['cat', '/proc/self/status']);
    const found = {
      caller: readFileSync('/proc/self/status', 'latin1'),
      init: readFileSync('/proc/' + init + '/status', 'latin1'),
      command: command.stdout,
    };
    await domain.destroy();
    await connection.close();
    console.log(JSON.stringify(found));`;
  const caller = ['--groups=4,27', '--inh-caps=+kill', '--ambient-caps=+kill', '--'];
  const words = ['setpriv', ...caller, ...libraryWords(code)] as const;
  const { stdout, stderr } = await runProgram(words, { root: root.path });
  expect(stderr).toBe('');
  const found = JSON.parse(stdout) as Record<'caller' | 'init' | 'command', string>;
  const groupsOf = (status: string) => /^Groups:\t(.*?) *$/m.exec(status)?.[1];
  // The control: it has them to give away.
  expect([groupsOf(found.caller), setsOf(found.caller).ambient]).toEqual(['4 27', 1n << 5n]);
  for (const status of [found.init, found.command]) {
    expect(groupsOf(status)).toBe('');
    expect(setsOf(status)).toEqual(rootSets(0xb5eccffbn));
  }
});

test('with mknod on, any node is made but only those of the list are opened; without it none', async () => {
  const make = (elements: string) =>
    probeContainer({
      name: 'capability-mknod',
      elements,
      // The first loop device, which is on no list.
      commands: [['node', 'b', '7', '0', '/dev/loop0']],
    });
  const on = '<features><capabilities><mknod/></capabilities></features>';
  expect(await make(on)).toMatchObject({ 'node.make': 'OK', 'node.open': 'EPERM' });
  expect(await make('')).toMatchObject({ 'node.make': 'EPERM', 'node.open': 'ENOENT' });
});
