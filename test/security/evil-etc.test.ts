/**
 * Root file systems of a hostile author: whatever lies where a start expects a directory or a file, the start mounts the
 * thing inside or refuses by name, soon, and the host is as before. Recipe T5 of the threat catalogue; the other paths are in
 * test/more/security/evil-root.test.ts.
 */
import { containerTest, nothing } from '../support/world/container-test';
import { someOf } from '../support/time/repeats';
import { makeTestRoot } from '../support/root/test-root';
import { UnsafePackage } from '../support/probe/unsafe-package';
import { Canary } from './canary';
import { attackAll, attacks, EvilRoots, expectHostUntouched, touchedPaths } from './evil-root';
import { linksOut, tricks } from './tricks';

// The library of the control keeps its monitor's executable open.
containerTest(nothing, { per: 'file', watch: ['/etc', '/var/lib'], except: ['descriptors'] });

/** Where a start makes what is missing, and so leaves a trace where it is led to. */
const folders = ['/volumes', '/volumes/directory', '/volumes/directory/deep'];

describe('a hostile root file system (T5)', () => {
  test.each(['/etc'])('at %s gets no start to touch the host', async (path) => {
    await expectHostUntouched(path, someOf(attacks([path], tricks), touchedPaths.indexOf(path)));
  });

  test('control: paths that are resolved as on the host reach the canary', async () => {
    using unsafe = await UnsafePackage.make('naive paths');
    const naive = await unsafe.connect();
    await using canary = new Canary();
    await using roots = new EvilRoots(canary);
    await using root = await makeTestRoot();
    await using connection = await naive(undefined, { root: root.path });
    const list = attacks(folders, linksOut);
    await attackAll(connection, roots, list);
    const hits = list.filter(({ name }) => name in canary.changes());
    expect([...new Set(hits.map(({ path }) => path))]).toEqual(folders);
  });
});
