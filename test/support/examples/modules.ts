/** The packages that an example has of its own, installed from npm's registry below build/ when they are first needed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, runProgram } from '../process/run-command';
import { examplesFolder } from './example';

/** The folder of the packages. The package itself is not among them. */
export async function installedModules(example: string): Promise<string> {
  const source = join(examplesFolder, example, 'package.json');
  const { dependencies } = JSON.parse(readFileSync(source, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const { tslxc: _own, ...others } = dependencies;
  const folder = join(packageRoot, 'build', 'examples', example);
  const modules = join(folder, 'node_modules');
  const wanted = JSON.stringify({ private: true, dependencies: others });
  const list = join(folder, 'package.json');
  const isThere = existsSync(modules) && readFileSync(list, 'utf8') === wanted;
  if (isThere) return modules;
  mkdirSync(folder, { recursive: true });
  writeFileSync(list, wanted);
  const argv = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  const { code, stdout, stderr } = await runProgram(argv, { cwd: folder });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${code}\n${stdout}${stderr}`);
  return modules;
}
