/**
 * A network namespace with a name of ip-netns(8), and an address on its `lo` that tells it from others. Made without
 * `ip netns add`, which changes the host's mounts for good. Gone at the end.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, rmdirSync, statSync } from 'node:fs';

const folder = '/run/netns';

export class NamedNetwork implements Disposable {
  readonly name = `tslxc-test-${process.pid}`;
  readonly path = `${folder}/${this.name}`;
  readonly address = '198.51.100.77';
  readonly #made: 'folder' | 'file';

  constructor() {
    this.#made = existsSync(folder) ? 'file' : 'folder';
    mkdirSync(folder, { recursive: true });
    closeSync(openSync(this.path, 'wx'));
    const address = `ip address add ${this.address}/32 dev lo && ip link set lo up`;
    execFileSync('unshare', [`--net=${this.path}`, 'sh', '-ec', address]);
  }

  /** As /proc/PID/ns/net has it. */
  get link(): string {
    return `net:[${statSync(this.path).ino}]`;
  }

  [Symbol.dispose](): void {
    execFileSync('umount', [this.path]);
    rmSync(this.path);
    if (this.#made === 'folder') rmdirSync(folder);
  }
}
