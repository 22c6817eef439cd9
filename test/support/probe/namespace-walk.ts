/** The walk of walk-namespaces.py, by root in a container that does not see the host's file that it looks for. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Hardening } from 'tslxc';
import { askConsole } from '../console/console-answer';
import { domainXml } from '../domain/domain-xml';
import { makeTestRoot } from '../root/test-root';
import { below, parseReport } from './probe';
import type { Report } from './probe';

const script = readFileSync(join(__dirname, 'walk-namespaces.py'), 'utf8');

export interface Walk {
  /** What a closed descriptor is answered, by the number of the ioctl: EBADF where no filter denies it. */
  readonly closed: Report;
  /** What the first step from the container's own mount namespace is answered. */
  readonly first: Report;
  /** The numbers by which the host's file was read, and written. */
  readonly read: readonly string[];
  readonly written: readonly string[];
  /** The file, afterwards. */
  readonly canary: string;
}

/** The numbers of the ioctls that step on, with every size and direction, all with nsfs's own type or all with others. */
export function numbersOf(walk: Walk, type: 'own' | 'other'): string[] {
  return Object.keys(walk.closed).filter((text) => {
    const isOwn = (BigInt(text) & 0xff00n) === 0xb700n;
    return isOwn === (type === 'own');
  });
}

export async function walkNamespaces(options: {
  readonly name: string;
  readonly hardening?: Hardening;
  readonly elements?: string;
}): Promise<Walk> {
  const { name, hardening = 'hardened', elements = '' } = options;
  await using root = await makeTestRoot();
  // tslxc's own state, which the container does not see.
  mkdirSync(join(root.path, 'run/tslxc/lxc'), { recursive: true });
  const canary = join(root.path, 'run/tslxc/lxc/canary');
  writeFileSync(canary, 'of the host');
  await using connection = await connect(undefined, { root: root.path, hardening });
  const initArguments = ['-c', script, canary, ', written by a container'];
  const init = { init: '/usr/bin/python3', initArguments };
  const domain = await connection.createDomain(domainXml({ name, ...init, elements }));
  try {
    const report = parseReport(await askConsole(domain, '', /^end\t/m));
    const reached = (key: string): string[] =>
      Object.entries(below(report, `${key}.`)).flatMap(([number, did]) =>
        did === 'yes' ? [number] : [],
      );
    return {
      closed: below(report, 'closed.'),
      first: below(report, 'first.'),
      read: reached('read'),
      written: reached('written'),
      canary: readFileSync(canary, 'utf8'),
    };
  } finally {
    await domain.destroy();
  }
}
