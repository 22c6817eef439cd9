/** The verbs that change and show a stored definition, while nothing runs: each option on a real one, and what each refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { commandOn } from '../../support/process/command-on';
import { spawnCommand } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const uuid = '5c3f9a6e-2b1d-4c8f-9a70-1d2e3f4a5b6c';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const domain = await connection.defineDomain(domainXml({ name: 'off', uuid }));
  const file = join(root.path, 'off.xml');
  return { root, connection, domain, file };
});

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const stopped = 'domain is not running';
const exclusive = 'mutually exclusive';
const missing = "failed to get domain 'nosuch'";

/** What an editor does that replaces `from`. */
const editor = (from: string, to: string): string => `sed -i s/${from}/${to}/`;

test('a definition is validated, shown in parts, renamed and removed', async () => {
  const { file } = world;
  writeFileSync(file, domainXml({ name: 'other' }));
  expect(await says(`define ${file} --validate`)).toContain("Domain 'other' defined from");
  writeFileSync(file, domainXml({ name: 'other', elements: '<nosuch/>' }));
  expect(await refuses(`define ${file} --validate`)).toMatch(/Failed to define[^]*<nosuch>/);
  expect(await says('dumpxml off --inactive --security-info --update-cpu --migratable')).toBe(
    await says('dumpxml off'),
  );
  expect(await says('dumpxml off --xpath /domain/name/text()')).toBe('off\n\n');
  expect(await says('dumpxml off --xpath //name --wrap')).toBe(
    '<nodes>\n  <name>off</name>\n</nodes>\n\n',
  );
  expect(await says('domuuid off')).toBe(`${uuid}\n\n`);
  expect(await says(`domname ${uuid}`)).toBe('off\n\n');
  expect(await says(`domid ${uuid}`)).toBe('-\n\n');
  expect(await says('domrename other third')).toBe('Domain successfully renamed\n\n');
  expect(await says('list --all --name')).toBe('off\nthird\n\n');
  expect(
    await says('undefine third --managed-save --snapshots-metadata --checkpoints-metadata'),
  ).toBe("Domain 'third' has been undefined\n\n");
  await refusesEach([
    ['dumpxml nosuch', missing],
    ['dumpxml off --xpath [', 'Incorrect xpath'],
    ['domuuid nosuch', missing],
    ['domname off', "failed to get domain 'off'"],
    ['domid nosuch', missing],
    ['dominfo nosuch', missing],
    ['domstate nosuch', missing],
    ['domrename off off', "Can't rename domain to itself"],
    ['domrename nosuch other', missing],
    ['ttyconsole off', 'The domain is not running'],
  ]);
});

test('what of undefine is about virtual machines is refused in libvirt’s words, and nothing is removed', async () => {
  const flags = 'in function lxcDomainUndefineFlags';
  await refusesEach([
    ['undefine nosuch', missing],
    ['undefine off --nvram', `unsupported flags (0x4) ${flags}`],
    ['undefine off --keep-nvram', `unsupported flags (0x8) ${flags}`],
    ['undefine off --tpm', `unsupported flags (0x20) ${flags}`],
    ['undefine off --keep-tpm', `unsupported flags (0x40) ${flags}`],
  ]);
  expect(await says('list --all --name')).toBe('off\n\n');
});

test('title, description and metadata', async () => {
  const { root } = world;
  expect(await says('desc off --config --title Of the tests')).toContain('title updated');
  expect(await says('desc off --config')).toBe('No description for domain: off\n');
  expect(await says('desc off --current --new-desc Nothing')).toContain('description updated');
  expect(await says('desc off --title')).toBe('Of the tests\n');
  const edited = await spawnCommand(['desc', 'off', '--edit'], {
    root: root.path,
    env: { VISUAL: editor('Nothing', 'Something') },
  });
  expect(edited).toMatchObject({ code: 0, stdout: 'Domain description updated successfully\n' });
  expect(await says('desc off')).toBe('Something\n');

  expect(await says('metadata off urn:x --config --key k --set <a/>')).toBe(
    'Metadata modified\n\n',
  );
  expect(await says('metadata off urn:x --current')).toBe('<a/>\n\n');
  const changed = await spawnCommand(['metadata', 'off', 'urn:x', '--edit', '--key', 'k'], {
    root: root.path,
    env: { VISUAL: editor('a', 'b') },
  });
  expect(changed).toMatchObject({ code: 0, stdout: 'Metadata modified\n\n' });
  expect(await says('dumpxml off')).toContain('<k:b xmlns:k="urn:x"/>');
  expect(await says('metadata off urn:x --remove')).toBe('Metadata removed\n\n');
  expect(await says('dumpxml off')).not.toContain('urn:x');

  expect(await refuses('desc off --title', 'two\nlines')).toContain("can't contain newlines");
  await refusesEach([
    ['desc off --live gone', stopped],
    ['desc off --live --current', exclusive],
    ['desc nosuch', missing],
    ['metadata off urn:x --live --key k --set <a/>', stopped],
    ['metadata off urn:x --live --current', exclusive],
    ['metadata off urn:x --set <a/>', 'namespace key is required'],
    ['metadata off urn:x --key k --set <a', 'document must contain a root element'],
    ['metadata nosuch urn:x', missing],
  ]);
});

test('an editor changes the definition, and its failure does not', async () => {
  const { root, domain } = world;
  const changed = await spawnCommand(['edit', 'off', '--skip-validate'], {
    root: root.path,
    env: { VISUAL: editor('102400', '204800') },
  });
  expect(changed).toMatchObject({ code: 0, stdout: "Domain 'off' XML configuration edited.\n\n" });
  const before = await domain.xml();
  expect(before).toContain("<memory unit='KiB'>204800</memory>");
  const failed = { root: root.path, env: { VISUAL: 'false' } };
  expect(await spawnCommand(['edit', 'off'], failed)).toMatchObject({ code: 1 });
  expect(await spawnCommand(['edit', 'nosuch'], failed)).toMatchObject({ code: 1 });
  expect(await domain.xml()).toBe(before);
  // A misspelt element is not left out: the container could lose its root by that.
  const misspelt = { root: root.path, env: { VISUAL: editor('console', 'consle') } };
  const refused = await spawnCommand(['edit', 'off'], misspelt);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toMatch(/The text that was edited is in [^]*<consle> is unknown/);
  expect(await domain.xml()).toBe(before);
});

test('the start with the host is marked and unmarked; one that fails is told of', async () => {
  const { connection } = world;
  expect(await says('autostart off')).toBe("Domain 'off' marked as autostarted\n\n");
  expect(await says('list --all --autostart --name')).toBe('off\n\n');
  expect(await says('autostart off --disable')).toBe("Domain 'off' unmarked as autostarted\n\n");
  expect(await says('list --all --no-autostart --name')).toBe('off\n\n');
  const filesystems = [{ source: '/nowhere/at/all', target: '/' }];
  const broken = await connection.defineDomain(domainXml({ name: 'broken', filesystems }));
  await broken.setAutostart('on');
  expect(await refuses('autostart-all')).toMatch(
    /^error: Failed to start domain 'broken'\nerror: /,
  );
  await refusesEach([
    ['autostart nosuch', missing],
    ['autostart off --once', 'virDomainSetAutostartOnce'],
  ]);
});

test('memory', async () => {
  const { domain } = world;
  await says('setmaxmem off 256M --config');
  await says('setmaxmem off --current --kilobytes 131072');
  await says('setmem off 64M --config');
  await says('setmem off --kilobytes 65536 --current');
  await says('memtune off --hard-limit 96M --soft-limit 32M --swap-hard-limit 128M --config');
  expect(await says('memtune off --current')).toBe(
    'hard_limit     : 98304\nsoft_limit     : 32768\nswap_hard_limit: 131072\n\n',
  );
  const xml = await domain.xml();
  expect(xml).toContain("<memory unit='KiB'>131072</memory>");
  expect(xml).toContain("<currentMemory unit='KiB'>65536</currentMemory>");
  await refusesEach([
    ['setmaxmem off 1G --live', stopped],
    ['setmaxmem off 1G --live --current', exclusive],
    ['setmaxmem off x', "Scaled numeric value 'x' for <size> option is malformed"],
    ['setmaxmem nosuch 1G', missing],
    ['setmem off 1M --live', stopped],
    ['setmem off 1M --live --current', exclusive],
    ['setmem off 999G', 'Cannot set memory higher than max memory'],
    ['setmem nosuch 1M', missing],
    ['memtune off --hard-limit 1G --live', stopped],
    ['memtune off --live --current', exclusive],
    ['memtune off --hard-limit 1G', 'Unable to change memory parameters'],
    ['memtune off --soft-limit x', 'Unable to parse integer parameter soft-limit'],
    ['memtune off --swap-hard-limit x', 'Unable to parse integer parameter swap-hard-limit'],
    ['memtune off --min-guarantee 1', "parameter 'min_guarantee' not supported"],
    ['memtune nosuch', missing],
  ]);
  expect(await domain.xml()).toBe(xml);
});

test('processors', async () => {
  await says('setvcpus off 2 --maximum --config');
  await says('setvcpus off 1 --current');
  await says('cpuset off 0 --config');
  expect(await says('cpuset off --current')).toBe('0\n\n');
  await says('schedinfo off --set cpu_shares=512,vcpu_quota=50000 --config');
  expect(await says('schedinfo off --current')).toContain('cpu_shares     : 512\n');
  await refusesEach([
    ['setvcpus off 1 --live', stopped],
    ['setvcpus off 1 --live --current', exclusive],
    ['setvcpus off 7', '7'],
    ['setvcpus off x', "Numeric value 'x' for <count> option is malformed"],
    ['setvcpus off 1 --guest', 'virDomainSetVcpusFlags'],
    ['setvcpus off 1 --hotpluggable', 'virDomainSetVcpusFlags'],
    ['setvcpus nosuch 1', missing],
    ['cpuset off 0 --live', stopped],
    ['cpuset off --live --current', exclusive],
    ['cpuset off x', "Failed to parse bitmap 'x'"],
    ['cpuset nosuch', missing],
    ['schedinfo off --set cpu_shares=1 --live', stopped],
    ['schedinfo off --live --current', exclusive],
    ['schedinfo off --set bogus=1', 'invalid scheduler option: bogus'],
    ['schedinfo off --weight 1', 'invalid scheduler option: weight'],
    ['schedinfo off --cap 1', 'invalid scheduler option: cap'],
    ['schedinfo nosuch', missing],
  ]);
});

test('block devices', async () => {
  const { domain } = world;
  await says('blkiotune off --weight 400 --device-weights /dev/loop0,300 --config');
  await says('blkiotune off --device-read-iops-sec /dev/loop0,10 --current');
  await says('blkiotune off --device-write-iops-sec /dev/loop0,20');
  await says('blkiotune off --device-read-bytes-sec /dev/loop0,30000');
  await says('blkiotune off --device-write-bytes-sec /dev/loop0,40000');
  expect(await says('blkiotune off')).toBe(
    'weight         : 400\ndevice_weight  : /dev/loop0,300\ndevice_read_iops_sec: /dev/loop0,10\n' +
      'device_write_iops_sec: /dev/loop0,20\ndevice_read_bytes_sec: /dev/loop0,30000\n' +
      'device_write_bytes_sec: /dev/loop0,40000\n\n',
  );
  const xml = await domain.xml();
  const unreadable = (option: string): string => `unable to parse blkio device '${option}' 'x'`;
  await refusesEach([
    ['blkiotune off --weight 500 --live', stopped],
    ['blkiotune off --live --current', exclusive],
    ['blkiotune off --weight x', "Numeric value 'x' for <weight> option is malformed"],
    ['blkiotune off --device-weights x', unreadable('device_weight')],
    ['blkiotune off --device-read-iops-sec x', unreadable('device_read_iops_sec')],
    ['blkiotune off --device-write-iops-sec x', unreadable('device_write_iops_sec')],
    ['blkiotune off --device-read-bytes-sec x', unreadable('device_read_bytes_sec')],
    ['blkiotune off --device-write-bytes-sec x', unreadable('device_write_bytes_sec')],
    ['blkiotune nosuch', missing],
  ]);
  expect(await domain.xml()).toBe(xml);
});

test('memory nodes, processes and huge pages', async () => {
  await says('numatune off --mode strict --nodeset 0 --config');
  expect(await says('numatune off --current')).toContain('numa_nodeset   : 0\n');
  await says('pidtune off 64 --config');
  expect(await says('pidtune off --current')).toBe('max            : 64\n\n');
  await says('hugepagetune off 2M 64M --config');
  expect(await says('hugepagetune off --current')).toBe('2048 KiB       : 65536\n\n');
  await refusesEach([
    ['numatune off --nodeset 0 --live', stopped],
    ['numatune off --live --current', exclusive],
    ['numatune off --mode bogus', 'Invalid mode: bogus'],
    ['numatune off --nodeset x', 'Unable to change numa parameters'],
    ['numatune nosuch', missing],
    ['pidtune off 64 --live', stopped],
    ['pidtune off --live --current', exclusive],
    ['pidtune off x', "Numeric value 'x' for <max> option is malformed"],
    ['pidtune nosuch', missing],
    ['hugepagetune off 2M 4M --live', stopped],
    ['hugepagetune off --live --current', exclusive],
    ['hugepagetune off 2M', 'A limit of huge pages has both <size> and <max>'],
    ['hugepagetune off 3M 6M', 'is not the size of a huge page'],
    ['hugepagetune nosuch', missing],
  ]);
});
