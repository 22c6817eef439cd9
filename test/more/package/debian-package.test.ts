/** What the Debian package is made of, laid out but not installed: `npm run test:fresh` does that. */
import { accessSync, constants, existsSync, mkdtempSync } from 'node:fs';
import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot, runProgram } from '../../support/process/run-command';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { layOut } = require(join(packageRoot, 'scripts/deb/tree.js')) as {
  layOut: (tree: string, options: { arch: string; native: string }) => string;
};

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const { version } = readJson(join(packageRoot, 'package.json')) as { version: string };
let tree: string;
const at = (path: string): string => join(tree, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');

beforeAll(() => {
  tree = mkdtempSync('/var/tmp/tslxc-deb-');
  layOut(tree, { arch: process.arch, native: join(packageRoot, 'build/Release') });
});

afterAll(() => removeTree(tree));

test('the command runs from where it is installed, with nothing but what the package brings', async () => {
  expect(readlinkSync(at('usr/bin/tslxc'))).toBe('../lib/tslxc/dist/cli/main.js');
  expect(read('usr/lib/tslxc/dist/cli/main.js')).toMatch(/^#!\/usr\/bin\/node --\n/);
  expect(existsSync(at('usr/lib/tslxc/node_modules/node-addon-api'))).toBe(false);
  const command = [process.execPath, at('usr/bin/tslxc')];
  expect(await runProgram([...command, '--version'])).toMatchObject({ stdout: `${version}\n` });
  const { stdout } = await runProgram([...command, 'doctor', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: { id: string }[] };
  expect(checks).toContainEqual({
    id: 'package.native',
    status: 'ok',
    found: `the package’s addon and monitor for ${process.arch}`,
  });
  // What only some of the command's options load.
  const modules = JSON.stringify(at('usr/lib/tslxc/node_modules'));
  const load = `for (const name of ['pino', 'xpath', '@xmldom/xmldom']) require(${modules} + '/' + name)`;
  expect(await runProgram([process.execPath, '-e', load])).toMatchObject({ code: 0, stderr: '' });
});

test('dpkg gets a control file and scripts that are whole', async () => {
  const control = read('DEBIAN/control');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  expect(control).toMatch(/^Package: tslxc$/m);
  expect(control).toContain(`\nVersion: ${version}\n`);
  expect(control).toContain(`\nArchitecture: ${architecture}\n`);
  expect(Number(/^Installed-Size: (\d+)$/m.exec(control)?.[1])).toBeGreaterThan(1000);
  for (const name of ['postinst', 'prerm', 'postrm']) {
    accessSync(at(join('DEBIAN', name)), constants.X_OK);
    const checked = await runProgram(['sh', '-n', at(join('DEBIAN', name))]);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
  }
});

test('units, manual page and completions are where the system looks for them', () => {
  expect(gunzipSync(readFileSync(at('usr/share/man/man1/tslxc.1.gz'))).toString()).toBe(
    readFileSync(join(packageRoot, 'man/tslxc.1'), 'utf8'),
  );
  const units = readdirSync(join(packageRoot, 'systemd'));
  expect(units).toContain('tslxcd.socket');
  for (const path of [
    ...units.map((name) => `usr/lib/systemd/system/${name}`),
    'usr/share/bash-completion/completions/tslxc',
    'usr/share/fish/vendor_completions.d/tslxc.fish',
    'usr/share/zsh/vendor-completions/_tslxc',
    'usr/share/doc/tslxc/copyright',
    'usr/lib/tslxc/prebuilds',
  ]) {
    expect(existsSync(at(path))).toBe(true);
  }
});

test('the examples find the package that they lie in', () => {
  const examples = realpathSync(at('usr/share/doc/tslxc/examples'));
  const { dependencies } = readJson(join(examples, 'service/package.json')) as {
    dependencies: { tslxc: string };
  };
  const folder = join(examples, 'service', dependencies.tslxc.replace(/^file:/, ''));
  expect(folder).toBe(at('usr/lib/tslxc'));
  const manifest = readJson(join(folder, 'package.json')) as {
    main: string;
    scripts: { install: string };
  };
  // npm runs the script of a package that it links, too.
  const script = manifest.scripts.install.replace(/^node /, '');
  for (const path of [manifest.main, script]) expect(existsSync(join(folder, path))).toBe(true);
});
