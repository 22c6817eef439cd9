/** What virsh says of domains, networks and the host is the same with the daemon as with a real libvirtd, but for what is known. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { containerTest } from '../support/world/container-test';
import { bothSides, walked } from './virsh/both-sides';
import { documentsOn } from './virsh/documents';
import { domainWalks } from './virsh/domain-walks';
import { otherWalks } from './virsh/other-walks';

const world = containerTest(async (keep) => {
  const sides = await bothSides(keep);
  const tree = join(sides.root.path, 'tree');
  await makeRoot(tree);
  const folder = join(sides.root.path, 'documents');
  mkdirSync(folder);
  const texts = documentsOn(tree);
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  return { ...sides, documents: { folder, texts } };
});

test.each([...domainWalks, ...otherWalks])('$about', async (walk) => {
  const comparison = await walked(walk, world.libvirt, world.documents);
  expect(comparison.mismatches().join('\n\n')).toBe('');
  expect(comparison.stale()).toEqual([]);
});
