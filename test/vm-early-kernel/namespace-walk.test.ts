/**
 * Recipe T35 of the threat catalogue on a kernel that lets root in a container walk to the host's mount namespace: it compares
 * nothing of the ioctl but its number, and that its size is 16 at least.
 */
import { readFileSync } from 'node:fs';
import { hostFacts } from '../../lib/host/facts';
import { numbersOf, walkNamespaces } from '../support/probe/namespace-walk';
import { containerTest, nothing } from '../support/world/container-test';

containerTest(nothing, { per: 'file' });

const walking = ['0x8010b70c', '0x8020b70c', '0xbfffb70c', '0x20b70c', '0xc020b70c', '0x8010000c'];

describe('the mount namespaces of the host (T35)', () => {
  test('this kernel takes the number with every type', () => {
    expect(readFileSync('/proc/sys/kernel/osrelease', 'latin1')).toMatch(/^6\.12\.43\+/);
    expect(hostFacts().nsfsIgnoresType).toBe(true);
  });

  test('are not reached by any number', async () => {
    const walk = await walkNamespaces({ name: 'walk-hardened' });
    const refused = (type: 'own' | 'other', answer: string) =>
      numbersOf(walk, type).map((number) => [number, answer]);
    expect(walk.closed).toEqual(
      Object.fromEntries([...refused('own', 'EPERM'), ...refused('other', 'ENOTTY')]),
    );
    expect(walk).toMatchObject({ first: walk.closed, read: [], written: [] });
    expect(walk.canary).toBe('of the host');
  });

  test('control: in compat they are, by every size from 16 on, every direction and every type', async () => {
    const walk = await walkNamespaces({ name: 'walk-control', hardening: 'compat' });
    expect(walk.written).toEqual(expect.arrayContaining(walking));
    expect(walk.read).toEqual(walk.written);
    expect(walk.canary).toContain('written by a container');
  });
});
