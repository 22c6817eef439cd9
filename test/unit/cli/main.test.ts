/** Command lines in, virsh's words and exit codes out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyscallError, TslxcError } from '../../../lib/errors';
import { FakeConnection } from '../../support/fake/connection/fake-connection';
import { run } from './run-main';

const uuid = '02169d49-0068-4612-b2de-901c4a14c5a3';

function seed(): FakeConnection {
  return new FakeConnection([
    { name: 'ra-1', id: 64604, uuid },
    { name: 'helloworld', uuid: '11111111-2222-3333-4444-555555555555' },
  ]);
}

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
  file = join(folder, 'helloworld.xml');
  writeFileSync(file, '<domain/>');
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each<[string, string]>([
  ['uri', 'lxc:///\n\n'],
  ['-q uri', 'lxc:///\n'],
  ['domid ra-1', '64604\n\n'],
  ['domid helloworld', '-\n\n'],
  [`domname ${uuid}`, 'ra-1\n\n'],
  ['domname 64604', 'ra-1\n\n'],
  ['domuuid ra-1', `${uuid}\n\n`],
  ['domstate ra-1', 'running\n\n'],
  ['domstate helloworld', 'shut off\n\n'],
  ['domstate helloworld --reason', 'shut off (unknown)\n\n'],
  ['domstate 64604 --reason', 'running (booted)\n\n'],
  ['dumpxml --domain=ra-1', "<domain type='lxc'>\n  <name>ra-1</name>\n</domain>\n\n"],
  ['ttyconsole ra-1', '/dev/pts/5\n\n'],
  ['destroy ra-1', "Domain 'ra-1' destroyed\n\n"],
  [`destroy ${uuid}`, "Domain 'ra-1' destroyed\n\n"],
  ['undefine helloworld', "Domain 'helloworld' has been undefined\n\n"],
  ['-q undefine helloworld', ''],
  ['start helloworld', "Domain 'helloworld' started\n\n"],
])('%s', async (words, stdout) => {
  const ran = await run(words, { connection: seed() });
  expect(ran).toMatchObject({ status: 0, stdout, stderr: '' });
  expect(ran.connection.closed).toBe(1);
});

test('a level of -d that is none is said to be ignored, and the command runs', async () => {
  const stderr = 'error: ignoring debug level 9 out of range [0-4]\n';
  expect(await run('-d 9 uri')).toMatchObject({ status: 0, stdout: 'lxc:///\n\n', stderr });
});

test.each<[string, string, string]>([
  ['domid nosuch', '\n', "error: failed to get domain 'nosuch'\n"],
  ['domid 64604', '\n', "error: failed to get domain '64604'\n"],
  ['domname ra-1', '\n', "error: failed to get domain 'ra-1'\n"],
  ['start ra-1', '\n', 'error: Domain is already active\n'],
  ['-q start ra-1', '', 'error: Domain is already active\n'],
  ['ttyconsole helloworld', '\n', 'error: The domain is not running\n'],
  ['console helloworld', '\n', 'error: The domain is not running\n'],
  ['console ra-1', '\n', 'error: Cannot run interactive console without a controlling TTY\n'],
  [
    'define /no/such.xml',
    '\n',
    "error: Failed to open file '/no/such.xml': No such file or directory\n",
  ],
  ['define /', '\n', "error: Failed to read file '/': Is a directory\n"],
  ['help nosuch', '\n', "error: command or command group 'nosuch' doesn't exist\n"],
  ['start helloworld --pass-fds 3,x', '\n', "error: Unable to parse FD number 'x'\n"],
  ['foo', '', "error: unknown command: 'foo'\n"],
  ['toString', '', "error: unknown command: 'toString'\n"],
  ['define', '', "error: command 'define' requires <file> option\n"],
  ['start helloworld --bogus', '', "error: command 'start' doesn't support option --bogus\n"],
  [
    'start helloworld --foreground --console',
    '\n',
    'error: Options --foreground and --console are mutually exclusive\n',
  ],
  ['create', '', "error: command 'create' requires <file> option\n"],
  ['list --table --name', '\n', 'error: Options --table and --name are mutually exclusive\n'],
  ['-x list', '', "error: unsupported option '-x'. See --help.\n"],
])('%s fails', async (words, stdout, stderr) => {
  expect(await run(words, { connection: seed() })).toMatchObject({ status: 1, stdout, stderr });
});

test('define and create name the file and the domain', async () => {
  const defined = await run(['define', file]);
  expect(defined.stdout).toBe(`Domain 'helloworld' defined from ${file}\n\n`);
  expect(defined.connection.calls).toEqual([['defineDomain', '<domain/>']]);
  const created = await run(['create', '--file', file, '--pass-fds', '5,6']);
  expect(created.stdout).toBe(`Domain 'helloworld' created from ${file}\n\n`);
  const onProgress = expect.any(Function) as unknown;
  const onWarning = expect.any(Function) as unknown;
  const signal = expect.any(AbortSignal) as unknown;
  expect(created.connection.calls).toEqual([
    [
      'createDomain',
      '<domain/>',
      { passDescriptors: [5, 6], ownership: 'leave', onProgress, onWarning, signal },
    ],
  ]);
});

test('define --validate and create --strict ask for it, and say what is left out', async () => {
  const connection = new FakeConnection();
  connection.warnings.push({ detail: 'UnknownElement', message: '<x> is left out', element: 'x' });
  const stderr = 'warning: <x> is left out\n';
  expect(await run(['define', file], { connection })).toMatchObject({ status: 0, stderr });
  expect(await run(['define', file, '--validate'], { connection })).toMatchObject({ stderr });
  expect(await run(['create', file, '--validate', '--strict'], { connection })).toMatchObject({
    stderr,
  });
  expect(connection.calls).toEqual([
    ['defineDomain', '<domain/>'],
    ['defineDomain', '<domain/>', { validate: true }],
    ['createDomain', '<domain/>', expect.objectContaining({ validate: true, strict: true })],
  ]);
});

test('a definition that is refused is two lines, the second from the library', async () => {
  const connection = new FakeConnection();
  connection.failure = new TslxcError('XML_ERROR', 'missing <init>\u001b[2J');
  expect(await run(['define', file], { connection })).toMatchObject({
    status: 1,
    stdout: '\n',
    stderr: `error: Failed to define domain from ${file}\nerror: XML error: missing <init>\\x1b[2J\n`,
  });
});

test.each(['start', 'destroy', 'undefine'])('%s tells which step failed', async (verb) => {
  const failure = new SyscallError({
    errno: 1,
    syscall: 'mount',
    path: '/proc',
    step: 'init step 14',
  });
  const connection = new FakeConnection([{ name: 'web', failure }]);
  expect((await run(`${verb} web`, { connection })).stderr).toBe(
    `error: Failed to ${verb} domain 'web'\n` +
      'error: mount /proc: EPERM, operation not permitted (init step 14)\n',
  );
});

test('without root it is one line, whatever the command, and no empty line', async () => {
  const refusal = new TslxcError('ACCESS_DENIED', 'needs root (CAP_SYS_ADMIN)');
  const stderr = 'error: access denied: needs root (CAP_SYS_ADMIN)\n';
  const expected = { status: 1, stdout: '', stderr };
  const connection = new FakeConnection();
  connection.failure = refusal;
  for (const words of ['list', 'start web', `define ${file}`, 'domstate web', 'console web']) {
    expect(await run(words, { connection })).toMatchObject(expected);
    expect(await run(words, { refusal })).toMatchObject(expected);
  }
});

test('a connection that is refused is said in two lines', async () => {
  const refusal = new TslxcError('NO_CONNECT', 'no connection driver available for qemu:///');
  const ran = await run('-c qemu:/// list', { refusal });
  expect(ran).toMatchObject({
    status: 1,
    stdout: '',
    stderr:
      'error: failed to connect to the hypervisor\n' +
      'error: failed to connect to the hypervisor: no connection driver available for qemu:///\n',
  });
  expect(ran.connects).toEqual([['qemu:///', { access: 'read-write' }]]);
});

test('the global options reach the connection', async () => {
  const ran = await run('-r --root /tmp/x list');
  expect(ran.connects).toEqual([['lxc:///', { access: 'read-only', root: '/tmp/x' }]]);
});

test('a LIBVIRT_DEFAULT_URI for another driver is passed over with one note', async () => {
  const environment = { LIBVIRT_DEFAULT_URI: 'qemu:///system' };
  const ran = await run('uri', { environment });
  expect(ran).toMatchObject({ status: 0, stdout: 'lxc:///\n\n' });
  expect(ran.stderr).toBe(
    "LIBVIRT_DEFAULT_URI is 'qemu:///system', which is not lxc: using lxc:///\n",
  );
  expect((await run('-q uri', { environment })).stderr).toBe('');
});

test('an unexpected error is one line', async () => {
  const connection = new FakeConnection();
  connection.failure = new TypeError('x is undefined');
  expect((await run('list', { connection })).stderr).toBe(
    'error: internal error: x is undefined\n',
  );
});

test('the version needs no connection, and nor does help', async () => {
  for (const words of ['-v', '--version', '--help', 'help', 'help start', 'start --help']) {
    const ran = await run(words);
    expect(ran.status).toBe(0);
    expect(ran.connects).toEqual([]);
  }
  expect((await run('-v')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('--help shows the usage', async () => {
  expect((await run('--help')).stdout).toContain('tslxc [options]... <command> [args...]');
});

test('dominfo of a running and of an inactive domain', async () => {
  const running = await run('dominfo ra-1', { connection: seed() });
  expect(running.stdout).toBe(`Id:             64604
Name:           ra-1
UUID:           ${uuid}
OS Type:        exe
State:          running
CPU(s):         1
CPU time:       1.3s
Max memory:     102400 KiB
Used memory:    732 KiB
Persistent:     yes
Autostart:      disable
Managed save:   no
Security model: none
Security DOI:   0
Isolation:      not a security boundary (no <idmap>)

`);
  const { stdout } = await run('dominfo helloworld', { connection: seed() });
  expect(stdout.split('\n').slice(0, 1)).toEqual(['Id:             -']);
  expect(stdout).toContain(
    'State:          shut off\nCPU(s):         1\nMax memory:     102400 KiB\n',
  );
  expect(stdout).not.toContain('CPU time');
});

test.each([
  ['enforcing', true],
  ['permissive', false],
])('dominfo of a labelled domain says its label, and that it is %s', async (word, enforcing) => {
  const label = 'system_u:system_r:container_t:s0:c1,c2';
  const domains = [{ name: 'web', id: 7, securityLabel: { label, enforcing } }];
  const connection = new FakeConnection(domains);
  connection.security = { model: 'selinux', doi: '0', enforcing };
  expect((await run('dominfo web', { connection })).stdout).toContain(
    `Security model: selinux\nSecurity DOI:   0\nSecurity label: ${label} (${word})\nIsolation:`,
  );
});

test.each([
  ['--noseclabel ', { securityLabel: 'none' }],
  ['', {}],
])('lxc-enter-namespace %shands on which label the command has', async (flag, options) => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const { stderr } = await run(`lxc-enter-namespace web ${flag}-- /bin/true`, { connection });
  expect(connection.domains[0]?.calls).toEqual([['exec', ['/bin/true'], options]]);
  expect(stderr).toContain('no commands here');
});

test('capabilities are printed as they are', async () => {
  const { stdout } = await run('capabilities', { connection: seed() });
  expect(stdout).toBe('<capabilities/>\n\n');
});

test('version says the library and the kernel', async () => {
  const { stdout } = await run('version');
  expect(stdout).toMatch(
    /^Compiled against library: tslxc 0\.1\.0\nUsing library: tslxc 0\.1\.0\nUsing API: LXC 0\.1\.0\nRunning hypervisor: LXC \d+\.\d+(\.\d+)?\n\n$/,
  );
});
