/** systemd of the machine that the tests run in: units of the package and of tests, and the command where they look for it. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { commandScript, packageRoot, runProgram } from '../process/run-command';

const patience = 120_000;

/** Runs systemctl; an exit code other than 0 is an error that shows all. */
export async function systemctl(...words: readonly string[]): Promise<string> {
  const argv = ['systemctl', ...words];
  const { code, stdout, stderr } = await runProgram(argv, { timeout: patience });
  if (code === 0) return stdout;
  const [unit = ''] = words.slice(-1);
  const status = await runProgram(['systemctl', 'status', '--no-pager', unit], {
    timeout: patience,
  });
  throw new Error(`${argv.join(' ')}: ${code}\n${stdout}${stderr}${status.stdout}`);
}

/** One property of a unit. */
export async function property(unit: string, name: string): Promise<string> {
  return (await systemctl('show', '--value', '--property', name, unit)).trim();
}

/** The package's units, and `tslxc` as a global installation has it. They are there after a reboot, too. */
export async function installUnits(): Promise<void> {
  const command = '/usr/local/bin/tslxc';
  if (!existsSync(command)) symlinkSync(commandScript, command);
  for (const name of readdirSync(join(packageRoot, 'systemd')))
    copyFileSync(join(packageRoot, 'systemd', name), join('/etc/systemd/system', name));
  await systemctl('daemon-reload');
}

/** A service of a test’s own, until the next boot. */
export async function makeService(name: string, lines: readonly string[]): Promise<void> {
  const folder = '/run/systemd/system';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), ['[Service]', ...lines, ''].join('\n'));
  await systemctl('daemon-reload');
}

/** Runs a command as a service with these properties, to its end. Its output comes with it. */
export async function runAsService(
  properties: readonly string[],
  argv: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const words = properties.flatMap((one) => ['-p', one]);
  const { code, stdout, stderr } = await runProgram(
    ['systemd-run', '--quiet', '--pipe', '--wait', '--collect', ...words, ...argv],
    { timeout: patience },
  );
  return { code, output: stdout + stderr };
}
