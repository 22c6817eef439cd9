/** What is installed before tests: a package whose files are missing, though other packages brought programs that go with them. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

jest.mock('../../../scripts/build-native', () => ({
  findProgram: (name: string) => `/usr/bin/${name}`,
  findNodeDirectory: () => '/usr/include/node',
}));
jest.mock('node:fs', () => ({
  ...jest.requireActual<object>('node:fs'),
  existsSync: (path: string) => !/\/libvirt_driver_lxc\.so$|\/community\/libvirt$/.test(path),
  readdirSync: () => ['x86_64-linux-gnu', 'libclang_rt.fuzzer-x86_64.a'],
}));

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { missingPackages } = require(join(packageRoot, 'scripts/debian-packages.js')) as {
  missingPackages: (purpose: string) => string[];
};

test('a libvirtd without its driver for containers, and an ansible without its modules, are not enough', () => {
  expect(missingPackages('long')).toEqual(['libvirt-daemon-driver-lxc', 'ansible']);
});
