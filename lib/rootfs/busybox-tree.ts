/** The content of a busybox root as a table: folders, files and the links to commands. Pure. */
import { udhcpcScript } from './udhcpc-script';

/** One entry below the root. `path` is relative; its folder comes before it. */
export type TreeEntry =
  | Readonly<{ kind: 'folder'; path: string; mode: number }>
  | Readonly<{ kind: 'file'; path: string; mode: number; text: string }>
  | Readonly<{ kind: 'link'; path: string; target: string }>;

/** Path of the executable in the root. */
export const busyboxPath = 'bin/busybox';

/** The commands that are linked to it, and why each group is there. */
export const appletGroups: readonly Readonly<{ why: string; applets: readonly string[] }>[] = [
  {
    why: 'the list of libvirt’s own example of a private root, in its order',
    applets: words(
      'ls cat rm find ps echo date kill sleep true false test pwd sh which grep head wget',
    ),
  },
  {
    why: 'a network by hand or by DHCP, as in the example’s next section; the udhcpc script uses ip',
    applets: words('ifconfig route ping ip udhcpc hostname nslookup netstat'),
  },
  { why: 'what is mounted where, and how full it is', applets: words('mount umount df') },
  {
    why: 'files can be made and changed, not only read and removed',
    applets: words('cp mv mkdir rmdir ln touch chmod chown stat vi tar'),
  },
  {
    why: 'scripts can work on text; the udhcpc script uses grep and [',
    applets: words('[ printf sed cut sort tail wc tr env expr'),
  },
  {
    why: 'who and where a process is, and what it uses',
    applets: words('id uname nproc free top du'),
  },
  {
    why: 'a person sits at the console: pages, the size of the terminal, a sane one again',
    applets: words('less clear reset stty tty'),
  },
];

/** Every command that is linked. */
export const applets: readonly string[] = appletGroups.flatMap((group) => group.applets);

const folders: readonly (readonly [path: string, mode: number])[] = [
  ['bin', 0o755],
  // Mount points of every start, which a read-only root must have.
  ['dev', 0o755],
  ['proc', 0o755],
  ['sys', 0o755],
  ['run', 0o755],
  ['etc', 0o755],
  // Mount points of the example.
  ['etc/httpd', 0o755],
  ['etc/udhcpc', 0o755],
  ['mnt', 0o755],
  ['root', 0o700],
  ['tmp', 0o1777],
  ['usr', 0o755],
  ['usr/share', 0o755],
  ['usr/share/udhcpc', 0o755],
  ['var', 0o755],
  ['var/tmp', 0o1777],
  ['var/www', 0o755],
];

const scriptPath = 'usr/share/udhcpc/default.script';

const files: readonly (readonly [path: string, mode: number, text: string])[] = [
  // `*` matches no password: no user can log in. The console has a root shell.
  [
    'etc/passwd',
    0o644,
    'root:*:0:0:root:/root:/bin/sh\nnobody:*:65534:65534:nobody:/:/bin/false\n',
  ],
  // Group 5 owns the terminals in the devpts of a container.
  ['etc/group', 0o644, 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n'],
  ['etc/hosts', 0o644, '127.0.0.1\tlocalhost\n::1\tlocalhost\n'],
  [scriptPath, 0o755, udhcpcScript],
];

/** The whole tree without the executable, in the order in which it is made. */
export const busyboxTree: readonly TreeEntry[] = [
  ...folders.map(([path, mode]) => ({ kind: 'folder', path, mode }) as const),
  ...files.map(([path, mode, text]) => ({ kind: 'file', path, mode, text }) as const),
  // Debian's busybox looks for the script here, other builds in usr/share.
  { kind: 'link', path: 'etc/udhcpc/default.script', target: `../../${scriptPath}` },
  ...applets.map((applet) => ({ kind: 'link', path: `bin/${applet}`, target: 'busybox' }) as const),
];

function words(text: string): string[] {
  return text.split(' ');
}
