/** The seed's private root: `bin` with busybox and its links, `etc/httpd`, `var/www`, and nothing else. */
import { copyFile, mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from './remove-tree';

const busybox = '/usr/bin/busybox';

/** The commands that the seed links, in its order. */
export const seedApplets =
  'ls cat rm find ps echo date kill sleep true false test pwd sh which grep head wget'.split(' ');

export interface BusyboxRoot extends AsyncDisposable {
  readonly path: string;
  remove(): Promise<void>;
}

/** Builds one in a new temporary directory; `applets` are linked besides the seed's. */
export async function makeBusyboxRoot(applets: readonly string[] = []): Promise<BusyboxRoot> {
  const path = await mkdtemp('/var/tmp/tslxc-root-');
  for (const folder of ['bin', 'etc/httpd', 'var/www']) {
    await mkdir(join(path, folder), { recursive: true });
  }
  await copyFile(busybox, join(path, 'bin/busybox'));
  for (const applet of new Set([...seedApplets, ...applets])) {
    await symlink('busybox', join(path, 'bin', applet));
  }
  const remove = (): Promise<void> => removeTree(path);
  return { path, remove, [Symbol.asyncDispose]: remove };
}
