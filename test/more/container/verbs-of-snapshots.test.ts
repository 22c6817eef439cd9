/** The verbs of snapshots, and clone: each option on real ones, and what each refuses. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { copyRoot, withRoot } from '../../support/domain/own-trees';
import { commandOn } from '../../support/process/command-on';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(async (keep) => {
  const base = keep(await makeBusyboxRoot());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const source = copyRoot(base.path, root.path, 'web');
  const domain = await connection.defineDomain(withRoot('web', source));
  await connection.defineDomain(domainXml({ name: 'host' }));
  return { base, root, connection, domain };
});

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const at = (...names: readonly string[]): string => join(world.root.path, ...names);
const missing = "failed to get domain 'nosuch'";
const none = "Domain snapshot not found: no domain snapshot with matching name 'nosuch'";
const exclusive = 'mutually exclusive';
const flags = 'in function lxcDomainSnapshotCreateXML';

/** Three of them: `base`, and `left` and `Right` that descend from it. */
async function makeTree(): Promise<void> {
  await says('snapshot-create-as web base');
  await says('snapshot-create-as web left');
  await says('snapshot-current web --snapshotname base');
  await says('snapshot-create-as web Right');
}

const json = async (line: string): Promise<unknown> => JSON.parse(await says(line)) as unknown;

test('they are made from words and from XML, and shown', async () => {
  const file = at('snapshot.xml');
  writeFileSync(
    file,
    '<domainsnapshot><name>second</name><description>of a file</description></domainsnapshot>',
  );
  expect(await says('snapshot-create-as web first --disk-only --atomic', 'of words')).toBe(
    'Domain snapshot first created\n\n',
  );
  expect(await says(`snapshot-create web ${file} --atomic --disk-only`)).toBe(
    `Domain snapshot second created from '${file}'\n\n`,
  );
  expect(await says('snapshot-create web')).toMatch(/^Domain snapshot \d{10} created\n\n$/);
  expect(
    await says('snapshot-create-as --domain web --name third --description text --print-xml'),
  ).toBe(
    '<domainsnapshot>\n  <name>third</name>\n  <description>text</description>\n</domainsnapshot>\n\n',
  );
  const xml = await says('snapshot-dumpxml web second --security-info');
  expect(xml).toMatch(/^<domainsnapshot>\n {2}<name>second<\/name>\n {2}<description>of a file</);
  expect(await says('snapshot-dumpxml web second --xpath //parent/name/text()')).toBe('first\n\n');
  expect(await says('snapshot-dumpxml web first --xpath //state --wrap')).toBe(
    '<nodes>\n  <state>shutoff</state>\n</nodes>\n\n',
  );
  expect(await says('snapshot-info web second')).toBe(
    'Name:           second\nDomain:         web\nCurrent:        no\nState:          shutoff\n' +
      'Location:       internal\nParent:         first\nChildren:       1\nDescendants:    1\n' +
      'Metadata:       yes\n\n',
  );
  expect(await says('snapshot-info web --current')).toContain('Current:        yes');
  expect(await says('snapshot-parent web second')).toBe('first\n\n');
  expect(await says('snapshot-parent web --current')).toBe('second\n\n');
  expect(await json('snapshot-parent web second --format json')).toEqual({ parent: 'first' });
  const second = { name: 'second', description: 'of a file', state: 'shutoff', parent: 'first' };
  expect(await json('snapshot-info web second --format json')).toMatchObject({
    ...second,
    ...{ domain: 'web', isCurrent: false, children: 1, descendants: 1 },
  });
  expect(await json('snapshot-list web --from first --format json')).toEqual([
    {
      ...second,
      created: expect.any(Number) as number,
      isCurrent: false,
      paths: [at('web.snapshots/second')],
    },
  ]);
  expect(await says('snapshot-current web --name')).toMatch(/^\d{10}\n\n$/);
  expect(await json('snapshot-current web --format json')).toMatchObject({
    ...{ domain: 'web', isCurrent: true, parent: 'second' },
  });
  expect(await says('snapshot-current web --security-info')).toMatch(/^<domainsnapshot>/);
  expect(await says('list --all --with-snapshot --name')).toBe('web\n\n');
  expect(await says('list --all --without-snapshot --name')).toBe('host\n\n');
});

test('they are listed by what they are and where they come from', async () => {
  await makeTree();
  await world.domain.start();
  await world.domain.suspend();
  await says('snapshot-create-as web paused');
  await world.domain.destroy();
  const names = async (line: string): Promise<string[]> =>
    (await says(line)).split('\n').filter(Boolean);
  expect(await names('snapshot-list web --name --metadata')).toEqual([
    'base',
    'left',
    'paused',
    'Right',
  ]);
  expect(await names('snapshot-list web --name --topological')).toEqual([
    'base',
    'left',
    'Right',
    'paused',
  ]);
  expect(await names('snapshot-list web --name --roots')).toEqual(['base']);
  expect(await names('snapshot-list web --name --leaves')).toEqual(['left', 'paused']);
  expect(await names('snapshot-list web --name --no-leaves')).toEqual(['base', 'Right']);
  expect(await names('snapshot-list web --name --no-metadata')).toEqual([]);
  expect(await names('snapshot-list web --name --inactive')).toEqual(['base', 'left', 'Right']);
  expect(await names('snapshot-list web --name --active')).toEqual([]);
  expect(await names('snapshot-list web --name --disk-only')).toEqual(['paused']);
  expect(await names('snapshot-list web --name --internal')).toHaveLength(4);
  expect(await names('snapshot-list web --name --external')).toEqual([]);
  expect(await names('snapshot-list web --name --from base')).toEqual(['left', 'Right']);
  expect(await names('snapshot-list web --name --from base --descendants')).toEqual([
    'left',
    'paused',
    'Right',
  ]);
  expect(await names('snapshot-list web --name --current')).toEqual([]);
  expect(await says('snapshot-list web --tree')).toBe(
    'base\n  |\n  +- left\n  +- Right\n      |\n      +- paused\n        \n\n',
  );
  expect(await names('snapshot-list web --name --parent --from base')).toEqual([
    'left\tbase',
    'Right\tbase',
  ]);
  const table = await says('snapshot-list web --parent --from Right');
  expect(table).toMatch(
    /^ Name {5}Creation Time {15}State {11}Parent\n-+\n paused {3}\S+ \S+ \S+ {3}disk-snapshot {3}Right\n\n$/,
  );
  await refusesEach([
    ['snapshot-list nosuch', missing],
    ['snapshot-list web --from nosuch', none],
    ['snapshot-list web --tree --name', exclusive],
    ['snapshot-list web --tree --leaves', exclusive],
    ['snapshot-list web --parent --roots', exclusive],
    ['snapshot-list web --from base --current', '--from and --current are mutually exclusive'],
    ['snapshot-list web --descendants', '--descendants requires either --from or --current'],
    ['snapshot-list web --format xml', 'format'],
    ['snapshot-list host --current', 'the domain does not have a current snapshot'],
  ]);
});

test('one is put back, and started', async () => {
  await makeTree();
  writeFileSync(at('web/etc/page'), 'lost');
  expect(await says('snapshot-revert web Right --force')).toBe(
    'Domain snapshot Right reverted\n\n',
  );
  expect(existsSync(at('web/etc/page'))).toBe(false);
  expect(await says('snapshot-current web --name')).toBe('Right\n\n');
  expect(await says('snapshot-revert web --current --running')).toContain('reverted');
  expect(await says('domstate web')).toBe('running\n\n');
  await refusesEach([
    ['snapshot-revert web Right', 'domain is active: shut it off'],
    ['snapshot-create web', 'domain is running: suspend it, or shut it off'],
    ['snapshot-create-as web more', 'domain is running: suspend it, or shut it off'],
    ['snapshot-revert nosuch Right', missing],
    ['snapshot-revert web nosuch', none],
    ['snapshot-revert web', '--snapshotname or --current is required'],
    ['snapshot-revert web Right --current', exclusive],
    ['snapshot-revert web Right --paused', 'unsupported flags (0x2) in function'],
    ['snapshot-revert web Right --reset-nvram', 'unsupported flags (0x8) in function'],
  ]);
});

test('they are deleted alone, with their children, or only those, and with or without their files', async () => {
  await makeTree();
  const kept = (name: string): boolean => existsSync(at('web.snapshots', name, 'bin/busybox'));
  expect(await says('snapshot-delete web base --children-only')).toBe(
    'Domain snapshot base children deleted\n\n',
  );
  expect(['base', 'left', 'Right'].map(kept)).toEqual([true, false, false]);
  expect(await says('snapshot-delete web --current --metadata')).toBe(
    'Domain snapshot base deleted\n\n',
  );
  expect(await says('snapshot-list web --name')).toBe('\n');
  expect(kept('base')).toBe(true);
  await refuses('snapshot-create-as web base');
  await says('snapshot-create-as web other');
  expect(await says('snapshot-delete web other --children')).toBe(
    'Domain snapshot other deleted\n\n',
  );
  await refusesEach([
    ['snapshot-delete nosuch base', missing],
    ['snapshot-delete web nosuch', none],
    ['snapshot-delete web other --children --children-only', exclusive],
    ['snapshot-delete web --current', 'the domain does not have a current snapshot'],
  ]);
});

test('what they refuse', async () => {
  writeFileSync(at('bad.xml'), '<domain/>');
  await says('snapshot-create-as web first');
  await refusesEach([
    ['snapshot-create nosuch', missing],
    [`snapshot-create web ${at('nowhere.xml')}`, 'No such file or directory'],
    [`snapshot-create web ${at('bad.xml')}`, 'expecting <domainsnapshot>'],
    ['snapshot-create host', 'nothing of it is its own to copy'],
    ['snapshot-create web --redefine', `unsupported flags (0x1) ${flags}`],
    ['snapshot-create web --current', `unsupported flags (0x2) ${flags}`],
    ['snapshot-create web --no-metadata', `unsupported flags (0x4) ${flags}`],
    ['snapshot-create web --halt', `unsupported flags (0x8) ${flags}`],
    ['snapshot-create web --reuse-external', `unsupported flags (0x20) ${flags}`],
    ['snapshot-create web --quiesce', `unsupported flags (0x40) ${flags}`],
    ['snapshot-create web --live', `unsupported flags (0x100) ${flags}`],
    ['snapshot-create web --validate', `unsupported flags (0x200) ${flags}`],
    ['snapshot-create-as nosuch', missing],
    ['snapshot-create-as web first text', "domain snapshot 'first' already exists"],
    ['snapshot-create-as web a/b', "invalid snapshot name 'a/b': name can't contain '/'"],
    ['snapshot-create-as web --no-metadata', `unsupported flags (0x4) ${flags}`],
    ['snapshot-create-as web --halt', `unsupported flags (0x8) ${flags}`],
    ['snapshot-create-as web --reuse-external', `unsupported flags (0x20) ${flags}`],
    ['snapshot-create-as web --quiesce', `unsupported flags (0x40) ${flags}`],
    ['snapshot-create-as web --live', `unsupported flags (0x100) ${flags}`],
    ['snapshot-create-as web --validate', `unsupported flags (0x200) ${flags}`],
    ['snapshot-create-as web --memspec x', 'not supported by the connection driver'],
    ['snapshot-create-as web --diskspec x', 'not supported by the connection driver'],
    ['snapshot-info nosuch first', missing],
    ['snapshot-info web nosuch', none],
    ['snapshot-info host --current', 'the domain does not have a current snapshot'],
    ['snapshot-info web first --format xml', 'format'],
    ['snapshot-dumpxml nosuch first', missing],
    ['snapshot-dumpxml web nosuch', none],
    ['snapshot-dumpxml web first --xpath [', 'Incorrect xpath'],
    ['snapshot-current nosuch', missing],
    ['snapshot-current web --format xml', 'format'],
    ['snapshot-current web --snapshotname nosuch', 'no domain snapshot with matching name'],
    ['snapshot-current host', "domain 'host' has no current snapshot"],
    ['snapshot-parent nosuch first', missing],
    ['snapshot-parent host --current', 'the domain does not have a current snapshot'],
    ['snapshot-parent web first --format xml', 'format'],
    ['snapshot-parent web first', "snapshot 'first' has no parent"],
    ['snapshot-edit web', 'not supported by the connection driver'],
    ['undefine web', 'cannot delete domain with 1 snapshots'],
  ]);
  expect(await says('undefine web --snapshots-metadata')).toBe(
    "Domain 'web' has been undefined\n\n",
  );
});

test('a domain is cloned, as it is and as it was', async () => {
  writeFileSync(at('web/etc/page'), 'then');
  await says('snapshot-create-as web then');
  writeFileSync(at('web/etc/page'), 'now');
  expect(await says('clone web shop')).toBe("Domain 'shop' cloned from 'web'\n\n");
  expect(readFileSync(at('shop/etc/page'), 'utf8')).toBe('now');
  expect(await says(`clone web old --snapshot then --path ${at('elsewhere')}`)).toContain("'old'");
  expect(readFileSync(at('elsewhere/etc/page'), 'utf8')).toBe('then');
  expect(await says(`clone web named --path /=${at('named-root')}`)).toContain("'named'");
  mkdirSync(at('full/of/it'), { recursive: true });
  await refusesEach([
    ['clone nosuch new', missing],
    ['clone web shop', "domain with name 'shop' already exists"],
    ['clone host new', 'nothing of it is its own to copy'],
    ['clone web new --snapshot nosuch', 'no domain snapshot with matching name'],
    [`clone web new --path ${at('full')}`, 'exists already, and is not an empty directory'],
    ['clone web new --path /data=/srv/data', "no tree of its own at '/data'"],
    ['clone web new --path /=', "no directory in '/='"],
  ]);
  expect(await says('list --all --name')).toBe('host\nnamed\nold\nshop\nweb\n\n');
});
