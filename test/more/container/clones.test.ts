/** Clones of domains: what is their own, and what is in their way. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { ownTreeWorld, refused, shown } from '../../support/domain/own-tree-world';
import { copyRoot, withRoot } from '../../support/domain/own-trees';

const { world, at, defineRoot, defineLayer, strayFolders } = ownTreeWorld();

test('a clone has other addresses, and no name on the host that the original has', async () => {
  const devices =
    "<interface type='ethernet'><mac address='00:16:3e:11:22:33'/><target dev='cloned0'/></interface>";
  const source = copyRoot(world.base.path, world.root.path, 'clone-link');
  const domain = await world.connection.defineDomain(withRoot('clone-link', source, devices));
  const xml = await (await domain.clone('clone-link-2')).xml();
  expect(xml).toMatch(/<interface type='ethernet'>\s+<mac address='[0-9a-f:]{17}'/);
  expect(xml).not.toMatch(/00:16:3e:11:22:33|cloned0/);
});

test('a clone of an overlay has a layer of its own, over the same base', async () => {
  const domain = await defineLayer('clone-layer');
  await domain.start();
  await shown(domain, 'echo layer > /etc/name');
  await domain.destroy();
  const clone = await domain.clone('clone-layer-2');
  await domain.start();
  await clone.start();
  await shown(clone, 'echo other > /etc/name');
  expect(await shown(domain, 'cat /etc/name')).toBe('layer\n');
  expect(existsSync(at('upper-clone-layer-clone-layer-2/upper/etc/name'))).toBe(true);
});

test('a clone of a snapshot is made while the original runs', async () => {
  const domain = await defineRoot('clone-then');
  writeFileSync(at('clone-then/etc/name'), 'then\n');
  await domain.snapshots.create({ name: 'then' });
  await domain.start();
  await shown(domain, 'echo now > /etc/name');
  const clone = await domain.clone('clone-then-2', {
    snapshot: 'then',
    paths: { '/': at('elsewhere') },
  });
  expect(readFileSync(at('elsewhere/etc/name'), 'utf8')).toBe('then\n');
  expect(await clone.xml()).toContain(at('elsewhere'));
});

test('a place that is taken, a name that is taken and a path of no tree are refused', async () => {
  const domain = await defineRoot('clone-refused');
  await defineRoot('clone-taken');
  mkdirSync(at('full'));
  writeFileSync(at('full/file'), '');
  const invalid = (words: string): object => refused('OPERATION_INVALID', words);
  await expect(domain.clone('clone-refused')).rejects.toEqual(
    invalid("Can't clone a domain to itself"),
  );
  await expect(domain.clone('clone-taken')).rejects.toEqual(invalid('already exists'));
  await expect(domain.clone('new', { paths: { '/': at('full') } })).rejects.toEqual(
    invalid('exists already, and is not an empty directory'),
  );
  await expect(domain.clone('new', { paths: { '/': at('full/file') } })).rejects.toEqual(
    invalid('exists already'),
  );
  await expect(domain.clone('new', { paths: { '/': at('no/where') } })).rejects.toMatchObject({
    ...{ errno: 2, syscall: 'mkdir', path: at('no/where'), step: 'make a clone' },
  });
  await expect(domain.clone('new', { paths: { '/': 'here' } })).rejects.toEqual(
    refused('INVALID_ARG', "is 'here', not an absolute path"),
  );
  await expect(domain.clone('new', { paths: { '/data': at('new') } })).rejects.toEqual(
    refused('INVALID_ARG', "no tree of its own at '/data'"),
  );
  await expect(domain.clone('new', { snapshot: 'none' })).rejects.toEqual(
    refused('NO_DOMAIN_SNAPSHOT'),
  );
  expect(readdirSync(at('full'))).toEqual(['file']);
  expect(readdirSync(at('var/lib/tslxc/clones'))).toEqual([]);
  expect(strayFolders()).toEqual([]);
});
