/** Every verb of virsh that tslxc has: what it refuses, it refuses by the daemon in the same words, and with the same exit code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsWith, refusedVerbs } from '../../lib/cli/shell/verbs';
import { rootAndDaemon, virsh } from '../support/clients/client-world';
import { domainXml } from '../support/domain/domain-xml';
import { runCommand } from '../support/process/run-command';
import { wordsOf } from '../support/process/verb-words';
import { containerTest } from '../support/world/container-test';

const world = containerTest(
  async (keep) => {
    const made = await rootAndDaemon(keep);
    const domain = await made.connection.defineDomain(domainXml({ name: 'on' }));
    await domain.start();
    const file = join(made.root.path, 'file.xml');
    writeFileSync(file, domainXml({ name: 'other' }));
    return { ...made, file };
  },
  { per: 'file' },
);

/** Words for what virsh reads before it asks the daemon. */
const values: Readonly<Record<string, string>> = {
  domain: 'on',
  arch: 'x86_64',
  bandwidth: '1',
  cpulist: '0',
  device: 'computer',
  desturi: 'lxc:///',
  downtime: '1',
  id: '1',
  interface: 'lo',
  iothread: '1',
  keycode: '1',
  size: '1',
  target: 'mem',
  threshold: '1',
  type: 'dir',
  uuid: '11111111-1111-4111-8111-111111111111',
  vcpulist: '1',
};

interface Said {
  readonly code: number;
  readonly stderr: string;
}

/** What the command and virsh say, where that is not the same. */
async function differences(
  lines: readonly (readonly string[])[],
): Promise<Readonly<Record<string, readonly [ours: Said, theirs: Said]>>> {
  const found: Record<string, readonly [Said, Said]> = {};
  for (const words of lines) {
    const [ours, theirs] = await Promise.all([
      runCommand(words, { root: world.root.path }),
      virsh(...words),
    ]);
    const said = [ours, theirs].map(({ code, stderr }): Said => ({ code, stderr }));
    const [here, there] = said;
    if (here === undefined || there === undefined) continue;
    if (here.code === there.code && here.stderr === there.stderr) continue;
    found[words.join(' ')] = [here, there];
  }
  return found;
}

/** What virsh says when it has asked, and the driver does not have it. It finds fault with many words before it asks. */
const isNotSupported = ({ stderr }: Said): boolean =>
  stderr.includes('this function is not supported by the connection driver');

/** Verbs after whose refusal another way is named, which virsh does not know. */
const withAnotherWay = 'blkdeviotune managedsave migrate reset restore save vcpupin'.split(' ');

/** All that virsh says, and one line after that. */
const saysOneLineMore = ([ours, theirs]: readonly [Said, Said]): boolean =>
  ours.code === theirs.code &&
  ours.stderr.startsWith(theirs.stderr) &&
  /^error: [^\n]+\n$/.test(ours.stderr.slice(theirs.stderr.length));

test('what libvirt’s drivers do not have is refused alike', async () => {
  // virsh starts an editor before it asks.
  const asking = refusedVerbs.filter((verb) => verb !== 'iface-edit');
  const lines = asking.map((verb) => {
    const options = commandsWith(verb)?.[verb]?.options ?? [];
    return [
      verb,
      ...options.map(({ name }) => (name === 'file' ? world.file : (values[name] ?? 'x'))),
    ];
  });
  // Those of pools, volumes, secrets and filters are hardly among them: the test below has them.
  expect(lines.length).toBeGreaterThan(124);
  const all = Object.entries(await differences(lines));
  const helped = all.filter(([, said]) => isNotSupported(said[1]) && saysOneLineMore(said));
  expect(helped.map(([line]) => line.split(' ')[0]).sort()).toEqual(withAnotherWay);
  const found = all.filter((one) => !helped.includes(one));
  expect(lines.length - found.length).toBeGreaterThan(95);
  expect(found.filter(([, [, theirs]]) => isNotSupported(theirs))).toEqual([]);
});

/** Verbs that virsh does not have. */
const own =
  'autostart-all clone cpuset daemon exec hugepagetune images import logs pidtune plan pull purge reap rmi run shell top wait ' +
  'watch-health';

/** Those that wait for something, open an editor, or ask for nothing that is not there. */
const further =
  'allocpages console create define domstats edit event list managedsave net-create net-define net-edit net-event net-list ' +
  'nodesuspend pool-create pool-create-as pool-define pool-define-as pool-edit pool-list';

/** virsh’s exit code of the first is another, and of the others it is that of success. */
const otherwise = 'lxc-enter-namespace net-port-delete net-port-dumpxml';

const others: readonly string[] = [own, further, otherwise].join(' ').split(' ');

test('a domain, a network, a pool and a volume that are not there are refused alike by each verb', async () => {
  const verbs = Object.entries(wordsOf).filter(([verb]) => !others.includes(verb));
  const lines = verbs.map(([verb, words]) => [
    verb,
    ...words.map((word) => ({ NAME: 'none', FILE: world.file })[word] ?? word),
  ]);
  expect(lines.length).toBeGreaterThan(113);
  expect(await differences(lines)).toEqual({});
});

/** Words for options that virsh takes by position too, though its help shows them as options only. */
const byPosition = [
  'memtune on 200000 100000 --config',
  'blkiotune on 500 --config',
  'numatune on strict 0 --config',
  'cpu-stats on 0 1',
  'nodecpustats 0',
  'nodememstats 0',
  'freecell 0',
  'freepages 0 4',
  'nodedev-list net',
  'pool-list dir',
  'domifaddr on lo lease',
  'metadata on urn:x k <a/>',
  'event on lifecycle 1',
  'net-event default lifecycle 1',
  'net-update default add dns-txt <txt/> 0 --config',
  'shutdown on initctl',
  'pool-define-as words dir - - - - /tslxc-none',
  'vol-upload none FILE words 0 6',
  'vol-download none /dev/null words 0 6',
  'vol-wipe none words zero',
  'attach-interface on network default vnet77 52:54:00:12:34:56 --print-xml',
  'vol-create-as words a 1M 0 raw --print-xml',
  'pool-create-as words dir h /p /d n /tslxc-none ext4 --print-xml',
];

test('what virsh takes by position means the same', async () => {
  const lines = byPosition.map((line) => line.replace('FILE', world.file).split(' '));
  expect(await differences(lines)).toEqual({});
  for (const words of lines.filter((one) => one.includes('--print-xml'))) {
    const ours = await runCommand(words, { root: world.root.path });
    expect(ours.stdout.trim()).toBe((await virsh(...words)).stdout.trim());
  }
});
