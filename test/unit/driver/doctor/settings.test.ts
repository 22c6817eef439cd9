/** What doctor says of settings by which every start fails: a failure that says what is wrong and where, once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkIsolation } from '../../../../lib/driver/doctor/isolation';
import { checkSecurity } from '../../../../lib/driver/doctor/security';
import { statePaths } from '../../../../lib/host/state/state-paths';
import type { StatePaths } from '../../../../lib/host/state/state-paths';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let paths: StatePaths;

beforeEach(() => {
  const root = scratchDirectory();
  paths = statePaths(root);
  mkdirSync(join(root, 'etc/tslxc'), { recursive: true });
});

test.each([
  [
    'hardening = "isolted"',
    `1: expecting one of "compat", "hardened", "isolated" for 'hardening', not "isolted"`,
  ],
  ['# one\nsecurity_drivr = "none"', "2: unknown setting 'security_drivr'"],
  ['strict = yes', "1: expecting a whole number or text in quotes for 'strict', not yes"],
])('%j is a failure, with its line and its word', async (text, message) => {
  writeFileSync(paths.settings, text);
  expect([...checkSecurity(paths), ...(await checkIsolation(paths))]).toEqual([
    {
      id: 'host.settings',
      status: 'fail',
      found: `configuration file syntax error: ${paths.settings}:${message}`,
      advice: `correct ${paths.settings}`,
    },
  ]);
});

test('settings that can’t be read are a failure', async () => {
  mkdirSync(paths.settings);
  const checks = [...checkSecurity(paths), ...(await checkIsolation(paths))];
  expect(checks).toMatchObject([{ id: 'host.settings', status: 'fail' }]);
  expect(checks[0]?.found).toContain(paths.settings);
});

test('a level of the environment that there is not is a failure', async () => {
  process.env['TSLXC_HARDENING'] = 'isol';
  try {
    expect(await checkIsolation(paths)).toEqual([
      {
        id: 'caller.environment',
        status: 'fail',
        found: "invalid argument: hardening 'isol' is not one of compat, hardened, isolated",
        advice: 'correct TSLXC_HARDENING',
      },
    ]);
  } finally {
    delete process.env['TSLXC_HARDENING'];
  }
});
