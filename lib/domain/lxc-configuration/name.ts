/** The name of the domain: lxc.uts.name, or else from the path of the configuration. Pure. */
import type { Scene } from './scene';
import { TslxcError } from '../../errors';

/** @throws TslxcError NO_NAME if there is neither. */
export function convertName({ settings, report }: Scene, file: string | undefined): string {
  const entry = settings.take('lxc.uts.name');
  if (entry === undefined) {
    const found = file === undefined ? undefined : nameOfFile(file);
    if (found !== undefined) return found;
    throw new TslxcError('NO_NAME', 'the configuration has no lxc.uts.name');
  }
  const { value } = entry;
  // By libvirt's rule, which tslxc follows.
  const shown = value.replace(/[^A-Za-z0-9-]/g, '').replace(/^-/, '');
  if (shown !== value) report.tell(entry, `the host name inside will be '${shown}'`);
  return value;
}

/** LXC keeps the configuration of a container in NAME/config. */
function nameOfFile(file: string): string | undefined {
  const parts = file.split('/');
  const last = parts.pop() ?? '';
  const name = last === 'config' ? parts.pop() : last.replace(/\.(conf|config|cfg)$/, '');
  return name === undefined || name === '' || name === '.' || name === '..' ? undefined : name;
}
