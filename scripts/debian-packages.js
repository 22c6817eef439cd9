// What the scripts need from Debian, and how to get it. A need is a program or a file, not a package:
// whatever brings it will do, and nothing that is there already is touched.
'use strict';
const { existsSync, readdirSync } = require('node:fs');
const { findNodeDirectory, findProgram } = require('./build-native');
const { StepError, run, runOrFail, say } = require('./steps');

const program = (name) => () => findProgram(name) !== undefined;

/** libvirt's own schemas come without any daemon; the tests hold what we print against this one. */
const networkSchema = '/usr/share/libvirt/schemas/network.rng';

/**
 * What only the tests of libvirt's clients need: its numbers, its modules for Python and Perl, what Nova makes of them, the library
 * that it reads messages with, and its clients in Go.
 */
const libvirtHeader = '/usr/include/libvirt/virterror.h';
const libvirtModule = '/usr/lib/python3/dist-packages/libvirt.py';
/** Its library is in a folder named after the machine. */
const nameServiceSetting = '/etc/apt/apt.conf.d/90libnss-libvirt';
const sysVirt = '/var/lib/dpkg/info/libsys-virt-perl.list';
const tirpcHeader = '/usr/include/tirpc/rpc/xdr.h';
const goSources = '/usr/share/gocode/src/github.com';

/** A module of Perl that libvirt's compatibility kit uses: the package has one file, or installs it where its architecture has its own. */
const perlModule = (name) => () =>
  ['/usr/share/perl5', ...perlFolders()].some((folder) => existsSync(`${folder}/${name}.pm`));

/** Those of this architecture, with its name and Perl's version in theirs. */
const perlFolders = () =>
  readdirSync('/usr/lib')
    .map((name) => `/usr/lib/${name}/perl5`)
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((version) => `${folder}/${version}`));

const rubyModule = '/var/lib/dpkg/info/ruby-libvirt.list';
const collectdPlugin = '/usr/lib/collectd/virt.so';
const muninPlugin = '/usr/share/munin/plugins/libvirt-cputime';
const novaDriver = '/usr/lib/python3/dist-packages/nova/virt/libvirt/driver.py';

/** Not ansible-playbook, which comes without these in ansible-core. */
const ansibleModules = '/usr/lib/python3/dist-packages/ansible_collections/community/libvirt';

/** Not libvirtd, which comes without this driver with other packages; the folder has the machine's name. */
const hasLxcDriver = () =>
  readdirSync('/usr/lib').some((name) =>
    existsSync(`/usr/lib/${name}/libvirt/connection-driver/libvirt_driver_lxc.so`),
  );

/** clang's runtime libraries, by their names for each machine. */
const clangRuntime = '/usr/lib/llvm-19/lib/clang/19/lib/linux';
const hasLibFuzzer = () =>
  existsSync(clangRuntime) &&
  readdirSync(clangRuntime).some((name) => name.startsWith('libclang_rt.fuzzer-'));

/** Each need: the package that brings it on Debian 13, whether it is there, and what it is needed for. */
const needs = [
  { package: 'g++', there: program('g++'), for: 'hello' },
  { package: 'make', there: program('make'), for: 'hello' },
  { package: 'python3', there: program('python3'), for: 'hello' },
  { package: 'libnode-dev', there: () => findNodeDirectory() !== undefined, for: 'hello' },
  { package: 'procps', there: program('ps'), for: 'hello' },
  { package: 'busybox-static', there: program('busybox'), for: 'test' },
  { package: 'e2fsprogs', there: program('mkfs.ext4'), for: 'test' },
  { package: 'xfsprogs', there: program('mkfs.xfs'), for: 'test' },
  { package: 'btrfs-progs', there: program('mkfs.btrfs'), for: 'test' },
  { package: 'squashfs-tools', there: program('mksquashfs'), for: 'test' },
  { package: 'libvirt-common', there: () => existsSync(networkSchema), for: 'test' },
  { package: 'libxml2-utils', there: program('xmllint'), for: 'test' },
  { package: 'man-db', there: program('man'), for: 'test' },
  { package: 'mount', there: program('losetup'), for: 'test' },
  { package: 'clang-format-19', there: program('clang-format-19'), for: 'test' },
  { package: 'lxcfs', there: program('lxcfs'), for: 'test' },
  { package: 'iproute2', there: program('tc'), for: 'test' },
  { package: 'iptables', there: program('iptables-nft'), for: 'test' },
  { package: 'nftables', there: program('nft'), for: 'test' },
  { package: 'dnsmasq-base', there: program('dnsmasq'), for: 'test' },
  { package: 'apparmor', there: program('apparmor_parser'), for: 'test' },
  { package: 'attr', there: program('getfattr'), for: 'test' },
  { package: 'docker-registry', there: program('docker-registry'), for: 'test' },
  { package: 'skopeo', there: program('skopeo'), for: 'test' },
  { package: 'umoci', there: program('umoci'), for: 'test' },
  { package: 'qemu-utils', there: program('qemu-img'), for: 'test' },
  { package: 'strace', there: program('strace'), for: 'test' },
  { package: 'util-linux', there: program('unshare'), for: 'test' },
  { package: 'clang-19', there: program('clang++-19'), for: 'fuzz' },
  { package: 'libclang-rt-19-dev', there: hasLibFuzzer, for: 'fuzz' },
  { package: 'golang-go', there: program('go'), for: 'fuzz' },
  { package: 'libvirt-daemon-driver-lxc', there: hasLxcDriver, for: 'libvirt' },
  {
    package: 'libvirt-daemon-config-network',
    there: () => existsSync('/etc/libvirt/qemu/networks/default.xml'),
    for: 'libvirt',
  },
  { package: 'libvirt-clients', there: program('virsh'), for: 'client' },
  { package: 'libvirt-dev', there: () => existsSync(libvirtHeader), for: 'client' },
  { package: 'libnss-libvirt', there: () => existsSync(nameServiceSetting), for: 'client' },
  { package: 'python3-libvirt', there: () => existsSync(libvirtModule), for: 'client' },
  { package: 'libvirt-daemon-common', there: program('virt-ssh-helper'), for: 'client' },
  { package: 'virtinst', there: program('virt-install'), for: 'client' },
  { package: 'virt-top', there: program('virt-top'), for: 'client' },
  { package: 'virt-manager', there: program('virt-manager'), for: 'client' },
  { package: 'xvfb', there: program('Xvfb'), for: 'client' },
  { package: 'x11-apps', there: program('xwd'), for: 'client' },
  { package: 'x11-utils', there: program('xwininfo'), for: 'client' },
  { package: 'libvirt-dbus', there: program('libvirt-dbus'), for: 'client' },
  { package: 'libglib2.0-bin', there: program('gdbus'), for: 'client' },
  { package: 'dbus-daemon', there: program('dbus-daemon'), for: 'client' },
  { package: 'libsys-virt-perl', there: () => existsSync(sysVirt), for: 'client' },
  {
    package: 'prometheus-libvirt-exporter',
    there: program('prometheus-libvirt-exporter'),
    for: 'client',
  },
  { package: 'ansible', there: () => existsSync(ansibleModules), for: 'client' },
  { package: 'openssh-server', there: program('sshd'), for: 'client' },
  { package: 'openssh-client', there: program('ssh'), for: 'client' },
  { package: 'netcat-openbsd', there: program('nc'), for: 'client' },
  { package: 'python3-nova', there: () => existsSync(novaDriver), for: 'client' },
  { package: 'libtirpc-dev', there: () => existsSync(tirpcHeader), for: 'client' },
  { package: 'golang-go', there: program('go'), for: 'client' },
  {
    package: 'golang-github-digitalocean-go-libvirt-dev',
    there: () => existsSync(`${goSources}/digitalocean/go-libvirt`),
    for: 'client',
  },
  {
    package: 'golang-github-libvirt-libvirt-go-dev',
    there: () => existsSync(`${goSources}/libvirt/libvirt-go`),
    for: 'client',
  },
  { package: 'file', there: program('file'), for: 'client' },
  { package: 'libxml-xpath-perl', there: perlModule('XML/XPath'), for: 'client' },
  { package: 'libxml-writer-perl', there: perlModule('XML/Writer'), for: 'client' },
  { package: 'libxml-twig-perl', there: perlModule('XML/Twig'), for: 'client' },
  { package: 'libyaml-perl', there: perlModule('YAML'), for: 'client' },
  { package: 'libwww-perl', there: perlModule('LWP/UserAgent'), for: 'client' },
  { package: 'libio-interface-perl', there: perlModule('IO/Interface'), for: 'client' },
  { package: 'libio-string-perl', there: perlModule('IO/String'), for: 'client' },
  { package: 'libnetaddr-ip-perl', there: perlModule('NetAddr/IP'), for: 'client' },
  { package: 'libnet-openssh-perl', there: perlModule('Net/OpenSSH'), for: 'client' },
  { package: 'libsub-uplevel-perl', there: perlModule('Sub/Uplevel'), for: 'client' },
  { package: 'libtest-exception-perl', there: perlModule('Test/Exception'), for: 'client' },
  { package: 'libfile-slurp-perl', there: perlModule('File/Slurp'), for: 'client' },
  { package: 'ruby-libvirt', there: () => existsSync(rubyModule), for: 'client' },
  { package: 'ruby', there: program('ruby'), for: 'client' },
  { package: 'collectd-core', there: () => existsSync(collectdPlugin), for: 'client' },
  { package: 'munin-libvirt-plugins', there: () => existsSync(muninPlugin), for: 'client' },
  { package: 'lxc', there: program('lxc-start'), for: 'lxc' },
  { package: 'openvswitch-switch', there: program('ovs-vswitchd'), for: 'switch' },
  { package: 'chromium', there: program('chromium'), for: 'browser' },
  {
    package: 'fonts-dejavu-core',
    there: () => existsSync('/usr/share/fonts/truetype/dejavu'),
    for: 'browser',
  },
  { package: 'mmdebstrap', there: program('mmdebstrap'), for: 'fresh' },
  { package: 'cpio', there: program('cpio'), for: 'vm' },
  { package: 'e2fsprogs', there: program('mke2fs'), for: 'vm' },
  { package: 'qemu-system-x86', there: program('qemu-system-x86_64'), for: 'vm' },
  { package: 'xz-utils', there: program('xz'), for: 'vm' },
  { package: 'kmod', there: program('depmod'), for: 'arm64' },
  { package: 'qemu-system-arm', there: program('qemu-system-aarch64'), for: 'arm64' },
];

/** What each purpose includes. */
const purposes = {
  hello: ['hello'],
  test: ['hello', 'test'],
  long: ['hello', 'test', 'fresh', 'fuzz', 'libvirt', 'client', 'lxc', 'switch'],
  clients: ['hello', 'test', 'client'],
  browser: ['browser'],
  fuzz: ['hello', 'fuzz'],
  fresh: ['fresh'],
  prebuild: ['hello', 'fresh'],
  vm: ['hello', 'test', 'fresh', 'vm'],
  arm64: ['hello', 'fresh', 'vm', 'arm64'],
};

/** The packages whose needs are not met. */
function missingPackages(purpose) {
  return needs
    .filter((need) => purposes[purpose].includes(need.for) && !need.there())
    .map((need) => need.package);
}

/** apt's own last error, without its "E: ". */
function aptError(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('E: '));
  return (lines.at(-1) ?? 'E: no reason given').slice(3);
}

/** Installs what is missing for a purpose. Needs root. */
async function installPackages(purpose) {
  if (process.getuid() !== 0) {
    throw new StepError(`containers need root, and this is uid ${process.getuid()}`);
  }
  const missing = missingPackages(purpose);
  if (missing.length === 0) return;
  const list = missing.join(' ');
  if (findProgram('apt-get') === undefined) {
    throw new StepError(`missing, and there is no apt-get to install it: ${list}`);
  }
  say(`installing from Debian: ${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const apt = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];
  await run([...apt, 'update'], { env });
  await runOrFail(
    [...apt, 'install', '-y', '--no-install-recommends', ...missing],
    (output) => `apt-get can't install ${list}: ${aptError(output)}`,
    { env },
  );
  const still = missingPackages(purpose);
  if (still.length > 0) {
    throw new StepError(`installed, but what they should bring isn't there: ${still.join(' ')}`);
  }
}

module.exports = { installPackages, missingPackages };
