/**
 * From the container's mount namespace to the host's, by the ioctls of linux/nsfs.h. Recipe T35 of the threat catalogue. A kernel
 * compares only a part of their numbers. test/vm-early-kernel tries the same on one that lets root inside arrive.
 */
import { hostFacts } from '../../lib/host/facts';
import { numbersOf, walkNamespaces } from '../support/probe/namespace-walk';
import { containerTest, nothing } from '../support/world/container-test';
import { hostHas } from '../support/world/host-side';

containerTest(nothing, { per: 'file' });

const answers = (numbers: readonly string[], answer: string) =>
  Object.fromEntries(numbers.map((number) => [number, answer]));

describe('the mount namespaces of the host (T35)', () => {
  test('are not reached by the numbers of any size and direction', async () => {
    const walk = await walkNamespaces({ name: 'walk-hardened' });
    const own = numbersOf(walk, 'own');
    const others = numbersOf(walk, 'other');
    expect(own.length).toBeGreaterThan(20);
    const what = 'the walk between mount namespaces by every type';
    const walksByEveryType = hostHas(what, () => hostFacts().nsfsIgnoresType);
    expect(walk.closed).toEqual({
      ...answers(own, 'EPERM'),
      ...answers(others, walksByEveryType ? 'ENOTTY' : 'EBADF'),
    });
    expect(walk).toMatchObject({ read: [], written: [], canary: 'of the host' });
  });

  test.each([
    ['in compat', { hardening: 'compat' }],
    [
      'with the capability on',
      { elements: "<features><capabilities><sys_admin state='on'/></capabilities></features>" },
    ],
  ] as const)('control: %s the kernel itself answers each of them', async (_, options) => {
    const walk = await walkNamespaces({ name: 'walk-control', ...options });
    expect(walk.closed).toEqual(answers(Object.keys(walk.closed), 'EBADF'));
  });
});
