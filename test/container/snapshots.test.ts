/** Snapshots and clones of domains: of a root that is a directory, and of the layer of an overlay. */
import {
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { ownTreeWorld, refused, shown } from '../support/domain/own-tree-world';
import { files } from '../support/world/host-aspects';

const { at, defineRoot, defineLayer, strayFolders } = ownTreeWorld();

describe('of a root that is a directory', () => {
  test('what it was is put back, with the definition of then', async () => {
    const domain = await defineRoot('snap-root');
    writeFileSync(at('snap-root/etc/name'), 'before\n');
    symlinkSync('name', at('snap-root/etc/link'));
    const then = files(at('snap-root'));
    const { name, state, paths, isCurrent, parent } = await domain.snapshots.create({
      name: 'before',
      description: 'of the change',
    });
    expect({ name, state, paths, isCurrent, parent }).toEqual({
      name: 'before',
      state: 'shutoff',
      paths: [at('snap-root.snapshots/before')],
      isCurrent: true,
      parent: undefined,
    });
    expect(statSync(at('snap-root.snapshots')).mode & 0o777).toBe(0o700);

    await domain.start();
    expect(await shown(domain, 'echo after > /etc/name; rm /etc/link /bin/ls; cat /etc/name')).toBe(
      'after\n',
    );
    await expect(domain.snapshots.revert('before')).rejects.toEqual(refused('OPERATION_INVALID'));
    await domain.destroy();
    await domain.setTitle('changed');
    await domain.snapshots.revert('before');
    expect(files(at('snap-root'))).toEqual(then);
    expect(await domain.getTitle()).toBeUndefined();
    expect(strayFolders()).toEqual([]);
    expect(readdirSync(at('snap-root.snapshots'))).toEqual(['before']);

    await domain.start();
    expect(await shown(domain, 'cat /etc/link')).toBe('before\n');
    await domain.destroy();
    await domain.snapshots.remove('before');
    expect(existsSync(at('snap-root.snapshots'))).toBe(false);
    expect(existsSync(at('var/lib/tslxc/snapshots', `${domain.uuid}.json`))).toBe(false);
  });

  test('while it runs it is refused, and while it is paused it is made', async () => {
    const domain = await defineRoot('snap-paused');
    await domain.start();
    const words = 'domain is running: suspend it, or shut it off';
    await expect(domain.snapshots.create()).rejects.toEqual(refused('OPERATION_INVALID', words));
    await expect(domain.clone('snap-paused-2')).rejects.toEqual(
      refused('OPERATION_INVALID', words),
    );
    await shown(domain, 'echo written > /etc/name');
    await domain.suspend();
    const { name, state } = await domain.snapshots.create();
    expect(state).toBe('disk-snapshot');
    expect(name).toMatch(/^\d{10}$/);
    const clone = await domain.clone('snap-paused-2');
    await expect(domain.snapshots.revert(name)).rejects.toEqual(
      refused('OPERATION_INVALID', 'domain is active'),
    );
    await domain.resume();
    expect(await shown(domain, 'cat /etc/name')).toBe('written\n');
    expect(readFileSync(at('snap-paused.snapshots', name, 'etc/name'), 'utf8')).toBe('written\n');
    await clone.start();
    expect(await shown(clone, 'cat /etc/name')).toBe('written\n');
  });
});

describe('of the layer of an overlay', () => {
  test('what was written is put back, and what was removed', async () => {
    const domain = await defineLayer('snap-layer');
    await domain.start();
    await shown(domain, 'echo kept > /etc/name; rm /bin/head');
    await domain.destroy();
    await domain.snapshots.create({ name: 'first' });
    await domain.start();
    await shown(domain, 'echo lost > /etc/name; rm /bin/ls; mkdir /more');
    await domain.destroy();
    const second = await domain.snapshots.create({ name: 'second' });
    expect(second.parent).toBe('first');
    // What the overlay keeps there refers to the files that go.
    writeFileSync(at('upper-snap-layer/work/stale'), '');
    await domain.snapshots.revert('first');
    expect(readdirSync(at('upper-snap-layer')).sort()).toEqual(['snapshots', 'upper']);
    await domain.start();
    expect(existsSync(at('upper-snap-layer/work/stale'))).toBe(false);
    expect(await shown(domain, 'cat /etc/name; echo /bin/*ea* /bin/l? /more')).toBe(
      'kept\n/bin/*ea* /bin/ln /bin/ls /more\n',
    );
    expect(await shown(domain, 'test -e /more || echo none')).toBe('none\n');
    await domain.destroy();
    await domain.snapshots.revert('second');
    expect(readFileSync(at('upper-snap-layer/upper/etc/name'), 'utf8')).toBe('lost\n');
    expect((await domain.snapshots.current())?.name).toBe('second');
    await domain.snapshots.remove('first', { children: 'too' });
    expect(await domain.snapshots.list()).toEqual([]);
    expect(readdirSync(at('upper-snap-layer'))).not.toContain('snapshots');
  });
});

describe('a clone', () => {
  test('has what the original has, and is another domain', async () => {
    const domain = await defineRoot('clone-me');
    writeFileSync(at('clone-me/etc/name'), 'original\n');
    const clone = await domain.clone('cloned');
    expect(clone.uuid).not.toBe(domain.uuid);
    const below = (name: string): string[] =>
      files(at(name)).map((line) => line.replace(at(name), ''));
    expect(below('cloned')).toEqual(below('clone-me'));
    expect(await clone.xml()).toContain(`<source dir='${at('cloned')}'/>`);
    expect(await clone.snapshots.list()).toEqual([]);
    expect(strayFolders()).toEqual([]);
    await clone.start();
    expect(await shown(clone, 'cat /etc/name; echo clone > /etc/name')).toBe('original\n');
    expect(readFileSync(at('clone-me/etc/name'), 'utf8')).toBe('original\n');
  });
});

test('with its snapshots a domain is not undefined, unless these are to be forgotten', async () => {
  const domain = await defineRoot('snap-undefine');
  await domain.snapshots.create({ name: 'kept' });
  await expect(domain.undefine()).rejects.toEqual(refused('OPERATION_INVALID', '1 snapshots'));
  const renamed = await domain.rename('snap-renamed');
  expect((await renamed.snapshots.list()).map(({ name }) => name)).toEqual(['kept']);
  await renamed.snapshots.revert('kept');
  expect(await renamed.xml()).toContain('<name>snap-renamed</name>');
  await renamed.undefine({ snapshots: 'forget' });
  expect(existsSync(at('snap-undefine.snapshots/kept/bin/busybox'))).toBe(true);
  rmSync(at('snap-undefine.snapshots'), { recursive: true });
});
