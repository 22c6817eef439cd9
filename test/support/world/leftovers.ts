/** What doctor finds left over. */
import { checkHost } from 'tslxc';
import type { HostCheck } from 'tslxc';

const ofRoot = /, of the tslxc root (.+), belongs to no running domain$/;

/**
 * From the root `at`. Without cgroups of other roots than that and `others`: these may have containers in another mount namespace,
 * as when the tests of two trees run on one machine.
 */
export async function leftoversFrom(
  at: string,
  others: readonly string[] = [],
): Promise<HostCheck[]> {
  const { checks } = await checkHost({ root: at });
  return checks.filter(({ id, status, found }) => {
    const [, root = at] = ofRoot.exec(found) ?? [];
    return id.startsWith('leftover') && status !== 'ok' && [at, ...others].includes(root);
  });
}
