/**
 * The package without one of its defences, for the positive controls of security tests: the product's own
 * sources with a few words changed, built into a scratch folder. A control uses it as an attacker's dream, on
 * canaries of its own alone. An edit that finds nothing to change is an error: such a control would be none.
 */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { connect } from 'tslxc';
import { buildMonitor } from '../../../scripts/unsafe/monitor';
import { edited, editsOf } from '../../../scripts/unsafe/variants';
import type { Weakness } from '../../../scripts/unsafe/variants';
import { packageRoot, runProgram } from '../process/run-command';

export class UnsafePackage implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Builds it; a monitor is compiled once for each state of the sources. */
  static async make(weakness: Weakness): Promise<UnsafePackage> {
    const monitor = await buildMonitor(weakness);
    const folder = mkdtempSync('/var/tmp/tslxc-unsafe-');
    const made = new UnsafePackage(folder);
    const release = join(folder, 'build/Release');
    mkdirSync(release, { recursive: true });
    copyFileSync(monitor, join(release, 'tslxc-monitor'));
    symlinkSync(join(packageRoot, 'build/Release/tslxc.node'), join(release, 'tslxc.node'));
    for (const name of ['node_modules', 'native'])
      symlinkSync(join(packageRoot, name), join(folder, name));
    copyFileSync(join(packageRoot, 'package.json'), join(folder, 'package.json'));
    cpSync(join(packageRoot, 'dist'), join(folder, 'dist'), { recursive: true });
    for (const file of new Set(editsOf(weakness, 'dist/').map((edit) => edit.file))) {
      writeFileSync(join(folder, file), edited(weakness, file));
    }
    return made;
  }

  get monitorPath(): string {
    return join(this.folder, 'build/Release/tslxc-monitor');
  }

  /** Its `connect`, in this process. */
  async connect(): Promise<typeof connect> {
    const library = (await import(join(this.folder, 'dist/index.js'))) as {
      connect: typeof connect;
    };
    return library.connect;
  }

  /** What a process of its own does with `domain`, by its library. */
  async change(
    of: { readonly root: string; readonly name: string },
    action: string,
  ): Promise<void> {
    const program = `const { connect } = require('${this.folder}/dist/index.js');
      void (async () => {
        const connection = await connect(undefined, { root: '${of.root}' });
        const domain = await connection.lookupDomainByName('${of.name}');
        ${action};
        await connection.close();
      })();`;
    const result = await runProgram([process.execPath, '-e', program]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
