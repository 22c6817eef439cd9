/** mkroot: makes a root file system for a container. */
import { node, printXml } from '../../../domain/xml/print';
import { withErrorMessage } from '../../shell/command-error';
import type * as MakeRoot from '../../../rootfs/make-root';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import { untilEnded } from '../../shell/ending-signals';

export const commands: CommandTable = {
  mkroot: {
    group: 'host',
    summary: 'make a root file system for a container',
    description:
      'Make a directory that a <filesystem> with the target / can have as its source.\n' +
      '--busybox: the static busybox of this machine (Debian package busybox-static), links to\n' +
      'its commands, and a script for its DHCP client. The init is /bin/sh.\n' +
      '--debian: a small Debian with systemd as /sbin/init, by the program mmdebstrap (Debian\n' +
      'package mmdebstrap) and from the network. Needs root.\n' +
      'The directory must not exist, or be empty; its parent must exist. It is there as a\n' +
      'whole or not at all: a failure or Ctrl-C leaves nothing.',
    options: [
      {
        name: 'directory',
        kind: 'string',
        help: 'where the root is to be',
        positional: 'required',
      },
      { name: 'busybox', kind: 'flag', help: 'make it of busybox (the default)' },
      { name: 'debian', kind: 'string', help: 'make it of this release of Debian, such as trixie' },
    ],
    example: 'tslxc mkroot /export/helloworld --busybox',
    run: mkroot,
  },
};

/** How to boot the root, and what it still lacks. */
const advice = {
  busybox: ['Its <init> is /bin/sh, and its <devices> have:'],
  debian: [
    'No user can log in yet: set a password with chroot and passwd.',
    'Its <init> is /sbin/init, and its <devices> have:',
  ],
} as const;

async function mkroot(context: Context, options: Options): Promise<number | undefined> {
  options.exclusive('busybox', 'debian');
  const directory = options.required('directory');
  const suite = options.string('debian');
  const content: MakeRoot.RootContent =
    suite === undefined ? { kind: 'busybox' } : { kind: 'debian', suite };
  const { output } = context;
  // Loaded on demand: no other verb needs it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { makeRoot } = require('../../../rootfs/make-root') as typeof MakeRoot;
  return untilEnded(context, `nothing was left in place of '${directory}'`, async (signal) => {
    const path = await withErrorMessage(`Failed to make the root file system '${directory}'`, () =>
      makeRoot(directory, { content, signal, onProgress: (step) => output.extra(step) }),
    );
    output.extra(`Root file system '${path}' made. What a domain needs to start in it:`);
    for (const line of [...advice[content.kind], ...filesystemXml(path)]) output.extra(line);
  });
}

function filesystemXml(path: string): string[] {
  const children = [node('source', { dir: path }), node('target', { dir: '/' })];
  return printXml(node('filesystem', { type: 'mount' }, children))
    .trimEnd()
    .split('\n');
}
