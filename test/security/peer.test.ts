/**
 * A process of the host at the other end of a Unix socket, of which the kernel gives root inside a pidfd. Recipe T34 of the
 * threat catalogue: what it has open is out of reach; its namespaces are not, without an id map, as SECURITY.md says. Before Linux 6.5
 * the kernel gives none, and nothing leads there.
 */
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Hardening } from 'tslxc';
import { askConsole } from '../support/console/console-answer';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest, nothing } from '../support/world/container-test';
import { idMapXml } from '../support/domain/mapped-domain';
import { hasPeerPidfd } from '../support/probe/peer-pidfd';
import { parseReport } from '../support/probe/probe';
import type { Report } from '../support/probe/probe';
import { makeTestRoot } from '../support/root/test-root';

containerTest(nothing, { per: 'file' });

/** PIDFD_GETFD, SO_PEERPIDFD and CLONE_NEWNS by their numbers: Python has no names for them. */
const script = `
import ctypes, errno, os, signal, socket, sys
path, canary = sys.argv[1:3]
libc = ctypes.CDLL(None, use_errno=True)
def say(key, result):
    print(key, "OK" if result >= 0 else errno.errorcode[ctypes.get_errno()], sep="\\t", flush=True)
peer = socket.socket(socket.AF_UNIX)
peer.connect(path)
try:
    pidfd = peer.getsockopt(socket.SOL_SOCKET, 77)
    say("pidfd", pidfd)
    say("descriptor", libc.syscall(438, pidfd, 0, 0))
    say("namespace", libc.setns(pidfd, 0x00020000))
except OSError as error:
    print("pidfd", errno.errorcode[error.errno], sep="\\t", flush=True)
print("canary", os.path.exists(canary), sep="\\t")
print("end\\t", flush=True)
signal.pause()
`;

async function reach(options: { hardening?: Hardening; elements?: string }): Promise<Report> {
  const { hardening = 'hardened', elements = '' } = options;
  await using root = await makeTestRoot();
  // tslxc's own state, which the container does not see.
  mkdirSync(join(root.path, 'run/tslxc/lxc'), { recursive: true });
  const canary = join(root.path, 'run/tslxc/lxc/canary');
  writeFileSync(canary, 'secret of the host');
  await using connection = await connect(undefined, { root: root.path, hardening });
  const folder = mkdtempSync('/var/tmp/tslxc-peer-');
  chmodSync(folder, 0o755);
  const path = join(folder, 'socket');
  const clients: Socket[] = [];
  const server = createServer((client) => clients.push(client));
  server.listen({ path, readableAll: true, writableAll: true });
  await once(server, 'listening');
  const initArguments = ['-c', script, path, canary];
  const init = { init: '/usr/bin/python3', initArguments };
  const domain = await connection.createDomain(domainXml({ name: 'peer', ...init, elements }));
  try {
    return parseReport(await askConsole(domain, '', /^end\t/m));
  } finally {
    await domain.destroy().catch(() => undefined);
    for (const client of clients) client.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

/** What was reached is `wanted`, or all there is to reach where the kernel gives no pidfd of a peer. */
function expectReached(report: Report, wanted: Report): void {
  if (hasPeerPidfd()) expect(report).toMatchObject({ pidfd: 'OK', ...wanted });
  else expect(report).toEqual({ pidfd: 'ENOPROTOOPT', canary: 'False', end: '' });
}

const capability = (name: string, state: 'on' | 'off'): string =>
  `<features><capabilities><${name} state='${state}'/></capabilities></features>`;

describe('a process of the host at the other end of a socket (T34)', () => {
  test('keeps its descriptors', async () => {
    expectReached(await reach({}), { descriptor: 'EPERM' });
  });

  test.each([
    ['in compat', { hardening: 'compat' }],
    ['with the capability on', { elements: capability('sys_ptrace', 'on') }],
  ] as const)('control: %s they are taken', async (_, options) => {
    expectReached(await reach(options), { descriptor: 'OK' });
  });

  test.each([
    ['an id map', idMapXml()],
    ['no CAP_SYS_ADMIN', capability('sys_admin', 'off')],
    ['no CAP_SYS_PTRACE', capability('sys_ptrace', 'off')],
  ])('with %s keeps its namespaces too', async (_, elements) => {
    const kept = { descriptor: 'EPERM', namespace: 'EPERM', canary: 'False' };
    expectReached(await reach({ elements }), kept);
  });

  test('control: without, they are entered, as SECURITY.md says', async () => {
    expectReached(await reach({}), { namespace: 'OK', canary: 'True' });
  });
});
