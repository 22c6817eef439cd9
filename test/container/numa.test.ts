/** Memory policies of `<numatune>`: of init, of what it starts, and of commands, also after a reboot. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { domainXml } from '../support/domain/domain-xml';
import { rebootFromInside, runIn } from '../support/domain/exec';
import { runInside } from '../support/domain/mapped-domain';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';
import { hostHas } from '../support/world/host-side';

const name = 'numa';

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot(['head', 'cut']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, root, connection };
});

function define(numatune: string): Promise<Domain> {
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  return world.connection.defineDomain(domainXml({ name, filesystems, elements: numatune }));
}

/** The policy of a process's first mapping: proc_pid_numa_maps(5). */
const policy = "head -n 1 /proc/self/numa_maps | cut -d ' ' -f 2";

test.each([
  ['preferred', 'prefer:0'],
  ['interleave', 'interleave:0'],
  ['strict', 'default'],
])('%s is the policy %s of all that runs inside', async (mode, expected) => {
  const domain = await define(`<numatune><memory mode='${mode}' nodeset='0'/></numatune>`);
  await domain.start();
  const ofCommand = async () => (await runIn(domain, ['/bin/sh', '-c', policy])).stdout;
  expect([await runInside(domain, policy), await ofCommand()]).toEqual([
    `${expected}\n`,
    `${expected}\n`,
  ]);
  expect(await domain.getNumaTuning()).toEqual({ mode, nodeset: '0' });
  const before = await initOf(name);
  await rebootFromInside(domain);
  await eventually(async () => expect(await initOf(name)).not.toBe(before));
  // What is typed at once may be lost with the console of before.
  await eventually(async () => {
    const maps = readFileSync(`/proc/${await initOf(name)}/numa_maps`, 'utf8');
    expect(maps.split(' ')[1]).toBe(expected);
    expect(await ofCommand()).toBe(`${expected}\n`);
  });
});

test('a policy of what runs can’t be changed, and that of the definition can', async () => {
  const domain = await define("<numatune><memory mode='preferred' nodeset='0'/></numatune>");
  await domain.start();
  for (const change of [{ nodeset: '0' }, { mode: 'strict' }] as const) {
    await expect(domain.setNumaTuning(change)).rejects.toMatchObject({
      code: 'OPERATION_INVALID',
    });
  }
  await domain.setNumaTuning({ mode: 'interleave' }, { which: 'inactive' });
  expect(await domain.xml({ which: 'inactive' })).toContain(
    "<memory mode='interleave' nodeset='0'/>",
  );
});

/** `placement='auto'`, with nothing but this folder to find numad in. */
async function startPlaced(
  folder: string,
  elements = "<vcpu placement='auto'>2</vcpu>",
): Promise<Domain> {
  const domain = await define(elements);
  const { PATH } = process.env;
  process.env['PATH'] = folder;
  try {
    await domain.start();
    return domain;
  } finally {
    process.env['PATH'] = PATH;
  }
}

test.each([
  ['CPUs', "<vcpu placement='auto'>2</vcpu>"],
  ['memory', "<vcpu>2</vcpu><numatune><memory placement='auto'/></numatune>"],
])('placement auto of %s asks numad, whose nodes and their CPUs it has', async (_of, elements) => {
  const folder = join(world.root.path, 'numad');
  mkdirSync(folder);
  const asked = join(folder, 'asked');
  // Its answer on a host with one node.
  writeFileSync(join(folder, 'numad'), `#!/bin/sh\necho "$@" > ${asked}\necho 0\n`, {
    mode: 0o755,
  });
  const domain = await startPlaced(folder, elements);
  expect(readFileSync(asked, 'utf8')).toBe('-w 2:100\n');
  expect(await domain.getCpuset()).toBe(
    readFileSync('/sys/devices/system/node/node0/cpulist', 'utf8').trim(),
  );
  expect(await domain.getNumaTuning()).toEqual({ mode: 'strict', nodeset: '0' });
  expect(await domain.xml()).toContain("<vcpu placement='auto'>2</vcpu>");
  expect((await runIn(domain, ['/bin/sh', '-c', policy])).stdout).toBe('default\n');
});

test('numad that advises nothing of this host is told of', async () => {
  const folder = join(world.root.path, 'numad');
  mkdirSync(folder);
  writeFileSync(join(folder, 'numad'), '#!/bin/sh\necho 99\n', { mode: 0o755 });
  await expect(startPlaced(folder)).rejects.toThrow('numad advises no nodes of this host');
});

test('without numad, the error names its package', async () => {
  const placed = startPlaced('/nowhere');
  if (hostHas('numad', () => existsSync('/usr/bin/numad'))) {
    expect(await (await placed).getCpuset()).toMatch(/^\d/);
    return;
  }
  await expect(placed).rejects.toMatchObject({
    code: 'OPERATION_UNSUPPORTED',
    message: expect.stringContaining('install the Debian package numad') as string,
  });
});

test('a node that there is not is refused in its line', async () => {
  const domain = await define("\n<numatune><memory mode='interleave' nodeset='0,99'/></numatune>");
  await expect(domain.start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/numatune/memory/@nodeset',
    message: expect.stringContaining('there is no NUMA node 99, but 0') as string,
  });
});
