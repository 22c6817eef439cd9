/** Which options take an empty value: those of virsh 11.3.0 by what it does, and those of its own that have a meaning for one. */
import { commandsWith, verbNames } from '../../../../lib/cli/shell/verbs';
import { FakeConnection } from '../../../support/fake/connection/fake-connection';
import { run } from '../run-main';

const ofVirsh: Readonly<Record<string, string>> = {
  'attach-disk': 'source',
  blkiotune:
    'device-weights device-read-iops-sec device-write-iops-sec device-read-bytes-sec device-write-bytes-sec',
  cd: 'dir',
  connect: 'name',
  create: 'pass-fds',
  domblkstat: 'device',
  help: 'command',
  memtune: 'hard-limit soft-limit swap-hard-limit min-guarantee',
  'nodedev-list': 'cap',
  setmaxmem: 'size',
  setmem: 'size',
  start: 'pass-fds',
  undefine: 'storage',
  'vol-create-as': 'allocation',
};

const image = 'name entrypoint user workdir stop-signal memory network upper';

const own: Readonly<Record<string, string>> = {
  create: image,
  hugepagetune: 'size max',
  run: image,
  wait: 'console',
};

test('they are those of virsh, and a few of its own', () => {
  const found = verbNames.flatMap((verb) => {
    const options = commandsWith(verb)?.[verb]?.options ?? [];
    const names = options.filter(({ mayBeEmpty }) => mayBeEmpty === true).map(({ name }) => name);
    return names.length === 0 ? [] : [[verb, names.sort()]];
  });
  const expected = [...new Set([...Object.keys(ofVirsh), ...Object.keys(own)])].map((verb) => {
    const names = [ofVirsh[verb], own[verb]].flatMap((text) => text?.split(' ') ?? []);
    return [verb, names.sort()];
  });
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

const seed = (): FakeConnection =>
  new FakeConnection([{ name: 'web', id: 7 }]).withNetworks({ name: 'lab', active: true });

test.each([
  ['attach-interface web network lab --mac', 'mac'],
  ['attach-disk web /dev/sdz vdz --serial', 'serial'],
  ['console web --devname', 'devname'],
  ['detach-interface web network --mac', 'mac'],
  ['domhostname web --source', 'source'],
  ['domifaddr web --interface', 'interface'],
  ['domiftune web vnet0 --inbound', 'inbound'],
  ['dumpxml web --xpath', 'xpath'],
  ['echo --prefix', 'prefix'],
  ['event --all --domain', 'domain'],
  ['metadata web urn:x --key', 'key'],
  ['net-dhcp-leases lab --mac', 'mac'],
  ['net-event --event', 'event'],
  ['numatune web --nodeset', 'nodeset'],
  ['pool-define-as disks dir --print-xml --target', 'target'],
  ['pool-list --type', 'type'],
  ['shutdown web --mode', 'mode'],
  ['snapshot-create web --xmlfile', 'xmlfile'],
  ['shell web --user', 'user'],
  ['cpuset web --cpulist', 'cpulist'],
])('%s refuses an empty value', async (words, name) => {
  const { status, stderr } = await run([...words.split(' '), ''], { connection: seed() });
  expect(stderr).toBe(`error: Failed to get option '${name}': Option argument is empty\n`);
  expect(status).not.toBe(0);
});

test.each([
  ['help --command', 'help'],
  ['nodedev-list --cap', 'nodedev-list'],
])('%s is %s where it is empty', async (words, plain) => {
  const { status, stdout } = await run(plain, { connection: seed() });
  expect(status).toBe(0);
  expect(await run([...words.split(' '), ''], { connection: seed() })).toMatchObject({
    status,
    stdout,
  });
});

test('an empty list of descriptors is none', async () => {
  const connection = new FakeConnection([{ name: 'web' }]);
  expect(await run(['start', 'web', '--pass-fds', ''], { connection })).toMatchObject({
    status: 0,
    stderr: '',
  });
  expect(JSON.stringify(connection.domains[0]?.calls)).not.toContain('passDescriptors');
});

test.each([
  ['memtune web --hard-limit', 'Unable to parse integer parameter hard-limit'],
  ['blkiotune web --device-weights', 'Unable to parse string parameter'],
  ['setmem web --size', "Scaled numeric value '' for <size> option is malformed or out of range"],
  [
    'undefine web --wipe-storage --storage',
    "'--wipe-storage' requires '--storage <string>' or '--remove-all-storage'",
  ],
])('%s has words of its own', async (words, line) => {
  const { stderr } = await run([...words.split(' '), ''], { connection: seed() });
  expect(stderr).toBe(`error: ${line}\n`);
});
