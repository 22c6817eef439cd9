/** The verbs about pools of the types fs and logical: their options on real ones, and what they refuse. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOn } from '../../support/process/command-on';
import { runProgram } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(async (keep) => ({ root: keep(await makeTestRoot()) }));

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

test('a pool of type fs is mounted while it is active', async () => {
  const { root } = world;
  const [image, target] = [join(root.path, 'fs.img'), join(root.path, 'mounted')];
  await runProgram(['truncate', '--size', '16M', image]);
  await runProgram(['mkfs.ext4', '-q', image]);
  expect(
    await says(
      `pool-define-as other fs --source-dev ${image} --target ${target} --source-format ext4`,
    ),
  ).toBe('Pool other defined\n\n');
  await says('pool-undefine other');
  expect(
    await says(
      `pool-create-as other fs --source-dev ${image} --target ${target} --source-format ext4 --build`,
    ),
  ).toBe('Pool other created\n\n');
  const mountinfo = (): string => readFileSync('/proc/self/mountinfo', 'utf8');
  expect(mountinfo()).toMatch(new RegExp(` ${target} [^\n]*nosuid,nodev,noexec`));
  await says('vol-create-as other a.img 64K');
  expect(await says('vol-list other')).toContain(`${target}/a.img`);
  expect(
    await refuses(`pool-create-as third fs --source-dev ${image} --target ${target}-x`),
  ).toContain("Storage source conflict with pool: 'other'");
  await says('pool-destroy other');
  expect(mountinfo()).not.toContain(target);
  expect(existsSync(join(target, 'a.img'))).toBe(false);
});

test('a pool of type logical is a volume group, by its own name or that of the pool', async () => {
  expect(await says('pool-define-as lv logical --source-name tslxc-none')).toBe(
    'Pool lv defined\n\n',
  );
  expect(await says('pool-dumpxml lv')).toMatch(/<name>tslxc-none<[^]*<path>\/dev\/tslxc-none</);
  await says('pool-undefine lv');
  expect(await says('pool-create-as lv logical --source-name tslxc-none --print-xml')).toContain(
    '<name>tslxc-none<',
  );
  await refusesEach([
    ['pool-define-as x logical --source-name a/b', "'a/b' can't be the name of a volume group"],
    ['pool-create-as x logical --source-name a/b', "'a/b' can't be the name of a volume group"],
    // Either there is no LVM, or it has no such group.
    ['pool-create-as x logical --source-name tslxc-none', 'Failed to create pool x'],
  ]);
});

test('what only pools of other types have is taken, and left out of the definition, as by virsh', async () => {
  const target = join(world.root.path, 'words');
  expect(await says(`pool-define-as words dir - - - - ${target}`)).toBe('Pool words defined\n\n');
  const stored = await says('pool-dumpxml words');
  expect(stored).toContain(`<path>${target}</path>`);
  expect(stored).toContain('  <source>\n  </source>\n');
  await says('pool-undefine words');
  expect(await says(`pool-create-as words dir - - - - ${target} --build`)).toBe(
    'Pool words created\n\n',
  );
  await says('pool-destroy words');
  const printed = await says(
    'pool-define-as w dir ' +
      '--source-host h --source-path /p --source-initiator iqn --auth-type chap --auth-username u --secret-usage s ' +
      '--adapter-wwnn 1 --adapter-wwpn 2 --adapter-parent-wwnn 3 --adapter-parent-wwpn 4 --adapter-parent-fabric-wwn 5 ' +
      '--source-protocol-ver 4 --print-xml',
  );
  expect(printed).toMatch(
    /<source>\s*<host name='h'\/>\s*<dir path='\/p'\/>\s*<initiator>\s*<iqn name='iqn'\/>\s*<\/initiator>/,
  );
  expect(printed).toMatch(
    /<adapter type='fc_host' parent_wwnn='3' parent_wwpn='4' wwnn='1' wwpn='2'\/>\s*<auth [^]*<secret usage='s'\/>/,
  );
  expect(
    await says(
      'pool-create-as w dir ' +
        '--source-host h --source-path /p --source-initiator iqn --auth-type chap --auth-username u --secret-usage s ' +
        '--adapter-wwnn 1 --adapter-wwpn 2 --adapter-parent-wwnn 3 --adapter-parent-wwpn 4 --adapter-parent-fabric-wwn 5 ' +
        '--source-protocol-ver 4 --print-xml',
    ),
  ).toBe(printed);
  const another = await says(
    'pool-define-as w dir ' +
      '--adapter-name host1 --adapter-parent scsi_host3 --secret-uuid 11111111-1111-4111-8111-111111111111 --print-xml',
  );
  expect(another).toContain("<adapter type='scsi_host' name='host1'/>");
  expect(
    await says(
      'pool-create-as w dir ' +
        '--adapter-name host1 --adapter-parent scsi_host3 --secret-uuid 11111111-1111-4111-8111-111111111111 --print-xml',
    ),
  ).toBe(another);
  await refusesEach([
    [
      'pool-define-as x zz ' +
        '--source-host h --source-path /p --source-initiator iqn --auth-type chap --auth-username u --secret-usage s ' +
        '--adapter-wwnn 1 --adapter-wwpn 2 --adapter-parent-wwnn 3 --adapter-parent-wwpn 4 --adapter-parent-fabric-wwn 5 ' +
        '--source-protocol-ver 4',
      'Failed to define pool x',
    ],
    [
      'pool-create-as x zz ' +
        '--source-host h --source-path /p --source-initiator iqn --auth-type chap --auth-username u --secret-usage s ' +
        '--adapter-wwnn 1 --adapter-wwpn 2 --adapter-parent-wwnn 3 --adapter-parent-wwpn 4 --adapter-parent-fabric-wwn 5 ' +
        '--source-protocol-ver 4',
      'Failed to create pool x',
    ],
    [
      'pool-define-as x zz ' +
        '--adapter-name host1 --adapter-parent scsi_host3 --secret-uuid 11111111-1111-4111-8111-111111111111',
      'Failed to define pool x',
    ],
    [
      'pool-create-as x zz ' +
        '--adapter-name host1 --adapter-parent scsi_host3 --secret-uuid 11111111-1111-4111-8111-111111111111',
      'Failed to create pool x',
    ],
    ['pool-define-as x zz --secret-usage s --secret-uuid u', 'are mutually exclusive'],
  ]);
});
